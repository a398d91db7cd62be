"""
The decision log read back, a page at a time: of everybody, as it lies in the store, or of one user.

Records lie in order of time within a bucket, and buckets are merged. `Place` is where in this order a decision stands.
What was decided about one user is found by `duly.engine.own_places`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from duly.engine.decision import Decision, unpack_decision
from duly.engine.keys import DECISION, Keys
from duly.engine.own_places import OwnPlaces
from duly.engine.place import LAST, Place, decision_at, moment
from duly.engine.store import Store

_READ = 256
_HELD = 4_096
"""How many records are held while the buckets are merged, but for two of each bucket."""

_FIRST = 2
_MILLISECOND = 1_000


class DecisionLog:
    """
    Reads the log of one store.

    `since` and `until` are instants, 0 for no bound; what was made in the same millisecond as either is given, too.
    """

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys
        self._most = min(max(_HELD // keys.buckets, _FIRST), _READ)

    def of_everybody(self, before: Place | None = None, since: int = 0, until: int = 0) -> Iterator[Decision]:
        """All decisions older than the place `before`, newest first."""
        buckets = (self._newest(bucket, before, since, until) for bucket in range(self._keys.buckets))
        return (unpack_decision(value) for _, value in heapq.merge(*buckets, reverse=True))

    def of_user(
        self, identities: Sequence[str], before: Place | None = None, since: int = 0, until: int = 0
    ) -> Iterator[Decision]:
        """The decisions about a user under all of their identities, newest first."""
        last = moment(until + _MILLISECOND) if until else LAST
        own = OwnPlaces(self._store, self._keys, identities)
        return self._about(identities, own.newest(moment(since), last if before is None else min(last, before)))

    def of_user_from(self, identities: Sequence[str], first: Place) -> Iterator[Decision]:
        """The decisions about a user under all of their identities from a place on, oldest first."""
        return self._about(identities, OwnPlaces(self._store, self._keys, identities).oldest(first))

    def _newest(self, bucket: int, before: Place | None, since: int, until: int) -> Iterator[tuple[Place, bytes]]:
        """The records of a bucket with their places, in growing pages: most buckets give few to a short list."""
        start, stop = self._keys.span(bucket, DECISION)
        first, last = start + moment(since), start + moment(until + _MILLISECOND) if until else stop
        if before is not None:
            last = min(last, start + _before_in(before, bucket))
        limit, suffix = _FIRST, start[:2]
        while page := self._store.scan(first, last, limit, reverse=True):
            yield from ((key[3:] + suffix, value) for key, value in page)
            if len(page) < limit:
                return
            last, limit = page[-1][0], min(2 * limit, self._most)

    def _about(self, identities: Sequence[str], places: Iterator[Place]) -> Iterator[Decision]:
        while some := list(islice(places, _READ)):
            found = self._read(decision_at(place) for place in some)
            yield from (decision for decision in found if decision.identity in identities)

    def _read(self, ids: Iterable[bytes]) -> Iterator[Decision]:
        """The records of these ids, without those that are gone."""
        keys = [self._keys.decision(self._keys.bucket_in(decision), decision) for decision in ids]
        return (unpack_decision(value) for value in self._store.read(keys) if value is not None)


def _before_in(place: Place, bucket: int) -> bytes:
    """The least part of a key that is not before a place: in lower buckets the place's own counts as before."""
    return place[:18] + b"\0" if bucket.to_bytes(2, "big") < place[18:] else place[:18]
