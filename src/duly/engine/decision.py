"""The verdict of one rule about one user, its gates, and every reason it can have."""

from __future__ import annotations

import os
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import Any

import msgspec


class Verdict(IntEnum):
    """What to do: now, later or not."""

    NOTIFY = 1
    DEFER = 2
    SUPPRESS = 3


class Gate(IntEnum):
    """The gates in the order in which they are asked."""

    MATCH = 0
    DUPLICATE = 1
    HOLDOUT = 2
    CONSENT = 3
    CANCELLED = 4
    EXPIRY = 5
    TIME = 6
    CAPS = 7
    COMPETITION = 8


class Status(IntEnum):
    """How a gate answered; WAIVED is a gate that a transactional category does not have to pass."""

    PASS = 1
    FAIL = 2
    NOT_REACHED = 3
    WAIVED = 4


class Standing(IntEnum):
    """Where a decision is in its life: waiting, granted in one of three ways, or over."""

    OPEN = 0
    PENDING = 1
    RESERVED = 2
    COMMITTED = 3
    LEASED = 4
    SENT = 5
    FAILED = 6
    CLOSED = 7


ALL_GATES = len(Gate)
NOT_REACHED = bytes([Status.NOT_REACHED]) * ALL_GATES
PASSED = bytes([Status.PASS]) * ALL_GATES

REASONS = {
    "due": "every gate is open",
    "not-yet": "the earliest permitted instant is later",
    "no-match": "the condition is not true",
    "unknown": "the condition could not be decided",
    "taken": "this notification has already been granted",
    "holdout": "the user is in the control group",
    "not-in-experiment": "the experiment does not cover the user",
    "no-consent": "the user did not subscribe to the category",
    "unsubscribed": "the user unsubscribed",
    "snoozed": "the user snoozed notifications",
    "muted": "the user muted this object",
    "cancelled": "something happened that cancels it",
    "restarted": "a newer event began the wait anew",
    "too-late": "the event arrived after its rule's expiry",
    "expired": "the notification's time ran out while it waited",
    "expires-first": "the earliest permitted instant is not before the expiry",
    "passed": "the time of day had passed",
    "capped": "the cap is full",
    "outranked-by": "another rule took the slot",
    "missing-content": "the message needs a property that is missing",
    "merged": "another identity of the user has the same notification",
    "rule-removed": "the rule is not in the published rules any more",
    "no-such-rule": "no published rule has this name",
}


class Decision(msgspec.Struct, array_like=True, omit_defaults=True):
    """
    One rule's verdict about one user, as it is answered and logged. Times are instants, 0 where there is none.

    `statuses` holds a `Status` for each `Gate`; `inputs` what a gate used, by gate number, as (sentence template name,
    values…), put into words by `duly.engine.words`. `opens` is when a gate could next pass, by gate number.
    `holdout_verdict` is, for a user in a control group, the verdict they would have had; 0 for everybody else.
    `lapsed` is when it was granted to somebody who reserved it and let the lease run out, 0 for never: what they report
    late still counts. `descriptions` are the words that came with outcomes, by outcome.
    """

    id: bytes
    identity: str
    rule: str
    location: str
    rules_version: str
    message_id: str
    event: str
    event_time: int
    created: int
    verdict: int = Verdict.SUPPRESS
    reason: str = ""
    due: int = 0
    next: int = 0
    expires: int = 0
    statuses: bytes = NOT_REACHED
    inputs: dict[int, list[Any]] = {}
    opens: dict[int, int] = {}
    object: str = ""
    category: str = ""
    channel: str = ""
    zone: str = ""
    zone_source: str = ""
    title: str = ""
    body: str = ""
    link: str = ""
    variant: str = ""
    standing: int = Standing.OPEN
    mode: int = 0
    lease_until: int = 0
    outranked_by: str = ""
    holdout_verdict: int = 0
    outcomes: list[tuple[str, int]] = []
    lapsed: int = 0
    descriptions: dict[str, str] = {}


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Decision)
_list_decoder = msgspec.msgpack.Decoder(list[Decision])


def pack_decision(decision: Decision) -> bytes:
    """The stored form of a decision."""
    return _encoder.encode(decision)


def unpack_decision(value: bytes) -> Decision:
    """The decision that `pack_decision` wrote."""
    return _decoder.decode(value)


def unpack_decisions(value: bytes) -> list[Decision]:
    """A list of decisions, as a request record keeps them."""
    return _list_decoder.decode(value)


# --- ids --------------------------------------------------------------------------------------------------------------
#
# bucket (2 bytes), hash of the identity (6), time in milliseconds (6), random (6). An id alone finds its record, and
# records lie in order of time.

ID_BYTES = 20


class DecisionIds:
    """Makes decision ids; any thread may ask."""

    def __init__(self) -> None:
        self._bits = Random(os.urandom(32)).getrandbits

    def make(self, prefix: bytes, now: int) -> bytes:
        """A new id for the user with this `prefix`."""
        return prefix + (now // 1000).to_bytes(6, "big") + self._bits(48).to_bytes(6, "big")


@lru_cache(1 << 10)
def user_prefix(bucket: int, identity: str) -> bytes:
    """What all decision ids of a user start with."""
    return bucket.to_bytes(2, "big") + blake2b(identity.encode(), digest_size=6).digest()


def id_text(decision: bytes) -> str:
    """An id as clients see it: 40 hexadecimal digits, which takes a tenth of the time of anything shorter."""
    return decision.hex()


def id_bytes(text: str) -> bytes | None:
    """The id a client sent, or None when it is not one."""
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return None
    return value if len(value) == ID_BYTES and value.hex() == text else None
