"""A shop's server over a real store, a person who did everything there, and a search of the store's raw files."""

from __future__ import annotations

import json
from pathlib import Path

from duly.client.client import Client
from duly.service.server import Server, now
from duly.service.settings import Settings
from duly.v1 import event_pb2, user_pb2

RULES = b"""\
rule sale
  when Product Sale where user saved product and user did Product Viewed in last 30 days
  max 9/day

rule thanks
  when Order Completed
  max 9/day
  send "Thanks {user.email}"

rule later
  when Checkout Started
  after 2 days
  expires after 9 days
  send "Still there?"
"""

ADA, ADA_ANONYMOUS, ADA_MAIL = "ada-lovelace-1815", "device-9f2c-ada", "ada.lovelace@example.com"
TRACES = (ADA, ADA_ANONYMOUS, ADA_MAIL)


class Clock:
    """The time of this machine, moved ahead by the test."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return now() + self.ahead


class Shop:
    """One server in this process and a client of it."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder, self.clock = folder, Clock()
        files = (("shop.duly", RULES),)
        told = {"grpc": "127.0.0.1:0", "http": "", "log_level": "error", "grace": 1.0, "store": str(folder), **settings}
        self.server = Server(Settings(files, **told), self.clock)
        self.server.start()
        self.client = Client(self.server.addresses.grpc)

    def close(self) -> None:
        self.client.close()
        self.server.stop()

    def track(self, name, message_id, user="", *, anonymous="", ago=0, **properties):
        event = event_pb2.Event(
            message_id=message_id, event=name, user_id=user, anonymous_id=anonymous,
            properties_json=json.dumps(properties).encode(),
        )  # fmt: skip
        event.timestamp.FromMicroseconds(self.clock() - ago * 1_000_000)
        return self.client.ingest([event]).results[0]

    def identify(self, message_id, user, *, anonymous="", ago=0, **traits):
        event = event_pb2.Event(
            message_id=message_id, type=event_pb2.EVENT_TYPE_IDENTIFY, user_id=user, anonymous_id=anonymous,
            traits_json=json.dumps(traits).encode(),
        )  # fmt: skip
        event.timestamp.FromMicroseconds(self.clock() - ago * 1_000_000)
        return self.client.ingest([event]).results[0]


def live(shop: Shop, user: str, anonymous: str, mail: str) -> None:
    """Let a person do everything that leaves traces."""
    shop.track("Product Viewed", f"{user}-0", anonymous=anonymous, product_id="boots")
    shop.track("Product Added to Wishlist", f"{user}-1", anonymous=anonymous, product_id="boots")
    shop.identify(f"{user}-2", user, anonymous=anonymous, email=mail, first_name="Ada")
    shop.track("Product Viewed", f"{user}-3", user, product_id="hat", note=mail)
    shop.track("Checkout Started", f"{user}-4", user, note=mail)
    shop.track("Order Completed", f"{user}-5", user)
    shop.client.set_preferences(
        user, user_pb2.Preferences(device_tokens=[user_pb2.DeviceToken(token=f"token-of-{user}")], zone="Asia/Tokyo")
    )
    notify = next(d for d in shop.client.decide(user).decisions if d.rule == "thanks")
    shop.client.report(notify.decision_id, "sent", description=f"delivered to {mail}")
    shop.client.report(notify.decision_id, "opened")
    order = event_pb2.Event(message_id=f"{user}-6", event="Order Completed", user_id=user)
    shop.client.decide(user, event=order, mode="reserve")
    shop.client.decide(anonymous_id=anonymous, request_id=f"request-{user}")


def traces(folder: Path, words: tuple[str, ...]) -> dict[str, list[str]]:
    """In which files of a store each word stands, whatever kind of file it is."""
    contents = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    found = {word: [name for name, content in contents.items() if word.encode() in content] for word in words}
    return {word: names for word, names in found.items() if names}


def pairs(shop: Shop) -> bytes:
    """Everything the store gives out, in one piece."""
    store = shop.server._store
    spans = ((bucket.to_bytes(2, "big"), (bucket + 1).to_bytes(2, "big")) for bucket in range(store.buckets))
    return b"\xff".join(key + b"=" + value for start, stop in spans for key, value in store.scan(start, stop, 1 << 20))
