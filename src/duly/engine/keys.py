"""
Where everything lies in the store: the bucket's two bytes, one byte for the kind, then the parts.

Identities, names and ids hold no control characters (`duly.engine.event`), so a zero byte separates parts. Instants are
eight big-endian bytes, which sort as they count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from math import isfinite
from typing import Any

from duly.engine.store import bucket_of, bucket_prefix

USER, MEMBER, RELATED, INSTANCE, DECISION, EVENT, DUE, REQUEST, FANOUT, HISTORY, RULES, CHECK = (
    b"u", b"m", b"f", b"i", b"g", b"e", b"q", b"r", b"t", b"h", b"v", b"c",
)  # fmt: skip

_KNOWN_BUCKETS = 1 << 10
"""Of how many identities the bucket is remembered: those of one call, which asks for each many times."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PREFIXES = [bucket_prefix(number) for number in range(0x10000)]


class Keys:
    """Builds the keys of one store, which has `buckets` buckets."""

    __slots__ = ("bucket", "buckets")

    bucket: Callable[[str], int]
    """The bucket an identity (or, for an event without a user, its message id) lives in."""

    def __init__(self, buckets: int) -> None:
        self.buckets = buckets
        self.bucket = lru_cache(_KNOWN_BUCKETS)(lambda identity: bucket_of(identity.encode(), buckets))

    def user(self, bucket: int, identity: str) -> bytes:
        """The user's state."""
        return _PREFIXES[bucket] + b"u" + identity.encode()

    def member(self, bucket: int, relation: str, thing: str, identity: str) -> bytes:
        """Whether a user is in a relation to a thing; the keys of one thing are its reverse index."""
        return _PREFIXES[bucket] + f"m{relation}\0{thing}\0{identity}".encode()

    def members(self, bucket: int, relation: str, thing: str) -> tuple[bytes, bytes]:
        """The range of `member` keys of one relation and thing in one bucket."""
        start = _PREFIXES[bucket] + f"m{relation}\0{thing}\0".encode()
        return start, start[:-1] + b"\1"

    def related(self, bucket: int, identity: str, relation: str, thing: str) -> bytes:
        """The way back: that a user has a `member` record for a thing, found without knowing the thing."""
        return _PREFIXES[bucket] + f"f{identity}\0{relation}\0{thing}".encode()

    def instance(self, bucket: int, identity: str, message_id: str) -> bytes:
        """What is known of an event message for a user; the user may be empty."""
        return _PREFIXES[bucket] + f"i{identity}\0{message_id}".encode()

    def request(self, bucket: int, identity: str, request_id: str) -> bytes:
        """The first answer to a request id."""
        return _PREFIXES[bucket] + f"r{identity}\0{request_id}".encode()

    def event(self, bucket: int, identity: str, time: int, message_id: str) -> bytes:
        """One event of a user in the log, in order of event time."""
        return _PREFIXES[bucket] + f"e{identity}\0".encode() + instant(time) + message_id.encode()

    def history(self, bucket: int, identity: str, name: str) -> bytes:
        """The events of one name that some rule reads about a user."""
        return _PREFIXES[bucket] + f"h{identity}\0{name}".encode()

    def decision(self, bucket: int, decision: bytes) -> bytes:
        """One record of the decision log, in order of time; its id tells the key, and the key its id."""
        return _PREFIXES[bucket] + b"g" + decision[8:] + decision[2:8]

    @staticmethod
    def decision_in(key: bytes) -> bytes:
        """The decision id in a `decision` key."""
        return key[:2] + key[15:] + key[3:15]

    @staticmethod
    def bucket_in(decision: bytes) -> int:
        """The bucket a decision's record lives in, which its id tells."""
        return int.from_bytes(decision[:2], "big")

    def due(self, bucket: int, time: int, decision: bytes) -> bytes:
        """An entry of the due queue, in order of instant."""
        return _PREFIXES[bucket] + b"q" + instant(time) + decision

    def check(self, bucket: int, time: int, identity: str) -> bytes:
        """That a user's segments are to be looked at again, in order of instant."""
        return _PREFIXES[bucket] + b"c" + instant(time) + identity.encode()

    @staticmethod
    def instant_of(key: bytes) -> int:
        """The instant in the key of a check or of an entry of the due queue."""
        return int.from_bytes(key[3:11], "big")

    def opens(self, bucket: int) -> bytes:
        """At which hours the users of a bucket open what they are sent."""
        return _PREFIXES[bucket] + b"o"

    def fanout(self, bucket: int, identity: str, message_id: str) -> bytes:
        """An event about a thing that still has to reach its audience; the identity, maybe empty, is who sent it."""
        return _PREFIXES[bucket] + f"t{identity}\0{message_id}".encode()

    def cursor(self, bucket: int, work: bytes) -> bytes:
        """How far some work has come among the users of a bucket, by a hash of what work it is."""
        return _PREFIXES[bucket] + b"k" + work

    def suppressed(self, bucket: int, digest: bytes) -> bytes:
        """That a user was deleted, by a keyed hash of their identity."""
        return _PREFIXES[bucket] + b"x" + digest

    def rules(self, name: str) -> bytes:
        """A record about the published rules; they all live in bucket 0."""
        return _PREFIXES[0] + b"v" + name.encode()

    def span(self, bucket: int, kind: bytes, rest: bytes = b"") -> tuple[bytes, bytes]:
        """The range of all keys of one kind in one bucket that go on with `rest`."""
        start = _PREFIXES[bucket] + kind + rest
        return start, _after(start)

    def of(self, bucket: int, kind: bytes, identity: str) -> tuple[bytes, bytes]:
        """The range of all keys of one kind that start with a user."""
        start = _PREFIXES[bucket] + kind + identity.encode() + b"\0"
        return start, start[:-1] + b"\1"


def instant(time: int) -> bytes:
    """An instant as eight bytes that sort; instants before 1970 count as 1970."""
    return max(time, 0).to_bytes(8, "big")


def thing(value: Any) -> str | None:
    """
    How a thing's key is filed as text: JSON, so that the text "1" and the number 1 differ and 1 and 1.0 do not.

    None for a value that identifies nothing: missing, null, a truth value, a list or an object, text with control
    characters or over 256 characters.
    """
    kind = type(value)
    if kind is str:
        return f'"{value}"' if 0 < len(value) <= 256 and _is_clean(value) else None
    if kind is int:
        return str(value) if value.bit_length() <= 256 else None
    if kind is float and isfinite(value):
        return str(int(value)) if value.is_integer() else json.dumps(value)
    return None


def _is_clean(text: str) -> bool:
    return text.isprintable() or not _CONTROL.search(text)


def _after(prefix: bytes) -> bytes:
    for place in range(len(prefix) - 1, -1, -1):
        if prefix[place] != 0xFF:
            return prefix[:place] + bytes([prefix[place] + 1])
    return b"\xff" * (len(prefix) + 1)
