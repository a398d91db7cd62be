"""
Where the decisions about a user stand, found by what is known of the messages about them.

Each decision lies in the log once, in order of time. A second record that led to it from its user would cost every
decision, and what was decided about one user is seldom asked for; so what is known of all their messages is read then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duly.engine.keys import INSTANCE, Keys
from duly.engine.place import LAST, Place, place_of
from duly.engine.state import unpack_instance
from duly.engine.store import Store

_PAGE = 1_000
_HELD = 10_000
"""How many places one reading of all that is known gives at most; while it lasts, twice as many are held."""


class OwnPlaces:
    """The places of the decisions about the user with these identities, each once; some may be gone, or another's."""

    def __init__(self, store: Store, keys: Keys, identities: Sequence[str]) -> None:
        self._store, self._keys, self._identities = store, keys, identities

    def newest(self, first: Place, last: Place) -> Iterator[Place]:
        """Those from `first` on and before `last`, newest first."""
        while found := self._some(first, last, newest=True):
            yield from found
            if len(found) < _HELD:
                return
            last = found[-1]

    def oldest(self, first: Place) -> Iterator[Place]:
        """Those from `first` on, oldest first."""
        while found := self._some(first, LAST, newest=False):
            yield from found
            if len(found) < _HELD:
                return
            first = found[-1] + b"\0"

    def _some(self, first: Place, last: Place, *, newest: bool) -> list[Place]:
        """The newest or the oldest from `first` on and before `last`, in that order."""
        held: set[Place] = set()
        for place in self._known():
            if first <= place < last:
                held.add(place)
                if len(held) == 2 * _HELD:
                    kept = sorted(held, reverse=newest)[:_HELD]
                    held = set(kept)
                    first, last = (kept[-1], last) if newest else (first, kept[-1])
        return sorted(held, reverse=newest)[:_HELD]

    def _known(self) -> Iterator[Place]:
        """All places, in no order; those that two identities know of twice."""
        for identity in self._identities:
            start, stop = self._keys.of(self._keys.bucket(identity), INSTANCE, identity)
            while page := self._store.scan(start, stop, _PAGE):
                for _, value in page:
                    yield from map(place_of, unpack_instance(value).ids())
                start = page[-1][0] + b"\0"
