"""
The decision log read back, newest first: of one user or of everybody, a page at a time.

The id of a decision tells when it was made, so a stretch of time is a stretch of keys, within a user and, by the index
in order of time, within a bucket. Buckets are merged. `Place` is where in this order a decision stands.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from duly.engine.decision import Decision, unpack_decision, user_prefix
from duly.engine.keys import DECISION, Keys
from duly.engine.store import Store

Place = bytes
"""Time, random digits and user of a decision, then its bucket; later decisions have greater places."""

LOGGED = b"l"

_CHUNK = 64
_READ = 256
_MILLISECOND = 1_000


def place_of(decision: bytes) -> Place:
    """The place of a decision in the log of everybody."""
    return decision[8:] + decision[2:8] + decision[:2]


class DecisionLog:
    """
    Reads the log of one store.

    `since` and `until` are instants, 0 for no bound; what was made in the same millisecond as either is given, too.
    """

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys

    def of_everybody(self, before: Place | None = None, since: int = 0, until: int = 0) -> Iterator[Decision]:
        """All decisions older than the place `before`, newest first."""
        buckets = (self._places(bucket, before, since, until) for bucket in range(self._keys.buckets))
        return self._read(heapq.merge(*buckets, reverse=True))

    def of_user(
        self, identities: Sequence[str], before: Place | None = None, since: int = 0, until: int = 0
    ) -> Iterator[Decision]:
        """The decisions about a user under all of their identities, newest first."""
        own = (self._places_of(identity, before, since, until) for identity in identities)
        found = self._read(heapq.merge(*own, reverse=True))
        return (decision for decision in found if decision.identity in identities)

    def _places(self, bucket: int, before: Place | None, since: int, until: int) -> Iterator[Place]:
        start, stop = self._keys.span(bucket, LOGGED)
        first, last = start + _moment(since), start + _moment(until + _MILLISECOND) if until else stop
        if before is not None:
            last = min(last, start + _before_in(before, bucket))
        suffix = first[:2]
        return (key[3:] + suffix for key in self._backwards(first, last))

    def _places_of(self, identity: str, before: Place | None, since: int, until: int) -> Iterator[Place]:
        bucket = self._keys.bucket(identity)
        prefix = user_prefix(bucket, identity)
        start, stop = self._keys.span(bucket, DECISION, prefix)
        first, last = start + _moment(since), start + _moment(until + _MILLISECOND) if until else stop
        if before is not None:
            last = min(last, start + before[:12])
        return (place_of(key[3:]) for key in self._backwards(first, last))

    def _backwards(self, first: bytes, last: bytes) -> Iterator[bytes]:
        while page := self._store.scan(first, last, _CHUNK, reverse=True):
            yield from (key for key, _ in page)
            if len(page) < _CHUNK:
                return
            last = page[-1][0]

    def _read(self, places: Iterator[Place]) -> Iterator[Decision]:
        while some := list(islice(places, _READ)):
            yield from self.decisions(_decision_at(place) for place in some)

    def decisions(self, ids: Iterable[bytes]) -> Iterator[Decision]:
        """The records of these ids, without those that are gone."""
        keys = [self._keys.decision(self._keys.bucket_in(decision), decision) for decision in ids]
        return (unpack_decision(value) for value in self._store.read(keys) if value is not None)


def _decision_at(place: Place) -> bytes:
    return place[18:] + place[12:18] + place[:12]


def _moment(instant: int) -> bytes:
    """The milliseconds of an instant as a decision id has them."""
    return max(instant // _MILLISECOND, 0).to_bytes(6, "big")


def _before_in(place: Place, bucket: int) -> bytes:
    """The least part of a key that is not before a place: in lower buckets the place's own counts as before."""
    return place[:18] + b"\0" if bucket.to_bytes(2, "big") < place[18:] else place[:18]
