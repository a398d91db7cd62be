"""The worker of the examples, between a real server and a stub of the push providers that refuses some."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from duly.client import Client, identify, track
from tests.service.conftest import running

WORKER = Path(__file__).parents[2] / "examples" / "worker"
RULES = """\
event Product Sale about product

rule sale
  when Product Sale where user saved product
  max 1/day
  expires after 2 hours
  send title "On sale" body "{product.name} is cheaper" link "shop://product/{product.product_id}"

rule shipped
  when Order Shipped
  send "Order {order_id} is on its way"
"""
DEVICES = {
    "ada": [{"token": "apple", "platform": "ios"}, "android"],
    "bob": [{"token": "gone-1", "platform": "iOS"}, {"token": "gone-2", "platform": "android"}],
    "cid": ["busy-1"],
    "dan": [],
    "eve": [{"token": "gone-3", "platform": "android"}, {"token": "web", "platform": "web"}],
}


@contextmanager
def started(*command):
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def day():
    """What the stub was sent, what the worker said, and a client of the service afterwards."""
    with running(files={"shop.duly": RULES}) as server, Client(server.address) as client:
        client.ingest([identify(user, traits={"device_tokens": tokens}) for user, tokens in DEVICES.items()])
        saved = {"product_id": "boots"}
        client.ingest([track("Product Added to Wishlist", user_id=user, properties=saved) for user in DEVICES])
        client.ingest([track("Product Sale", properties={"product_id": "boots", "name": "Boots ☃"})])
        with started(str(WORKER / "stub.py"), "127.0.0.1:0") as stub:
            provider = json.loads(stub.stdout.readline())["listening"]
            with started(str(WORKER / "worker.py"), server.address, provider, str(len(DEVICES))) as worker:
                said = sorted(worker.stdout.read().splitlines())
            stub.terminate()
            sent = [json.loads(line) for line in stub.stdout.read().splitlines()]
        yield sent, said, client


def to(sent, token):
    return [line for line in sent if line["token"] == token]


def test_it_says_whom_it_reached(day):
    _, said, _ = day
    assert said == [
        "failed sale to bob: unregistered, unregistered",
        "failed sale to dan: no device, or too late",
        "sent sale to ada: Boots ☃ is cheaper",
        "sent sale to cid: Boots ☃ is cheaper",
        "sent sale to eve: Boots ☃ is cheaper",
    ]


def test_fcm_gets_its_payload(day):
    (line,) = to(day[0], "android")
    message = line["payload"]["message"]
    assert line["path"] == "/v1/projects/shop/messages:send"
    assert message["notification"] == {"title": "On sale", "body": "Boots ☃ is cheaper"}
    assert message["data"]["link"] == "shop://product/boots"
    assert message["android"]["collapse_key"] == "sale.boots"
    assert 7000 < int(message["android"]["ttl"].removesuffix("s")) <= 7200


def test_apns_gets_its_payload(day):
    (line,) = to(day[0], "apple")
    headers = {name.lower(): value for name, value in line["apns"].items()}
    assert line["path"] == "/3/device/apple"
    assert line["payload"]["aps"]["alert"] == {"title": "On sale", "body": "Boots ☃ is cheaper"}
    assert line["payload"]["link"] == "shop://product/boots"
    assert headers["apns-collapse-id"] == "sale.boots"
    assert headers["apns-push-type"] == "alert"
    assert int(headers["apns-expiration"]) > 0


def test_a_busy_provider_is_asked_again(day):
    assert [line["status"] for line in to(day[0], "busy-1")] == [503, 200]


def test_the_service_knows_what_became_of_each(day):
    client = day[2]
    ends = {user: client.decision(next(client.decisions(user)).decision_id).outcomes[0].type for user in DEVICES}
    assert ends == {"ada": 1, "bob": 2, "cid": 1, "dan": 2, "eve": 1}
    assert not client.user("bob").user.sends
    assert client.user("ada").user.sends
