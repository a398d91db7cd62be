"""
At which hours people open what they are sent, each user and everybody: what `at best time` goes by.

Every user has a count for each hour of their local day, every bucket the sum of its users'. The best hour for a user is
the one with the most opens of their own, after everybody's have been added at a weight of ten opens: who has opened
little is judged by everybody, who has opened much by themselves, and nobody is left out for want of data.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import msgspec

from duly.engine.keys import Keys
from duly.engine.store import Store
from duly.meaning.model import DAY, HOUR
from duly.timing.window import Arc

HOURS = 24
WEIGHT = 10.0
"""How many opens of a user's own everybody's opens together are worth."""

_FRESH = 60_000_000
"""For how long, in microseconds, the sum over all buckets is good enough."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[int])


def unpack_hours(value: bytes | None) -> list[int]:
    """The counts of a bucket, by hour of the local day."""
    return [0] * HOURS if value is None else _decoder.decode(value)


def pack_hours(hours: Sequence[int]) -> bytes:
    """The stored form of such counts."""
    return _encoder.encode(hours)


def merge_opens(mine: list[int], theirs: list[int]) -> list[int]:
    """The opens of two identities of one person; nobody's are an empty list."""
    return [one + other for one, other in zip(mine, theirs, strict=True)] if mine and theirs else mine or theirs


class Everybody:
    """The opens of all users by local hour, summed over the buckets once a minute."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys
        self._hours = [0] * HOURS
        self._read: int | None = None
        self._lock = Lock()

    def hours(self, now: int) -> Sequence[int]:
        """The counts as of at most a minute before the instant `now`."""
        with self._lock:
            if self._read is None or not 0 <= now - self._read < _FRESH:
                keys = [self._keys.opens(bucket) for bucket in range(self._keys.buckets)]
                counts = [unpack_hours(value) for value in self._store.read(keys)]
                self._hours = [sum(hour) for hour in zip(*counts, strict=True)]
                self._read = now
        return self._hours


def best_wall(own: Sequence[int], everybody: Sequence[int], allowed: Arc) -> int:
    """
    The time of day, in microseconds, at which the best hour within the allowed ones begins.

    The first of equally good hours; without any data the first hour that is allowed.
    """
    total = sum(everybody)
    share = [count / total * WEIGHT for count in everybody] if total else [0.0] * HOURS
    starts = _starts(allowed)
    mine = own or [0] * HOURS
    return max(starts, key=lambda wall: mine[wall // HOUR] + share[wall // HOUR])


def _starts(allowed: Arc) -> list[int]:
    """Where the allowed hours begin: the first perhaps in the middle of an hour, the others at full hours."""
    first, end = allowed.start, allowed.start + allowed.length
    following = range((first // HOUR + 1) * HOUR, end, HOUR)
    return [first, *(wall % DAY for wall in following)]
