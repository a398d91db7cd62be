"""
Deleting a person: everything kept about them, under all their identities, in every index, queue and log.

The buckets of all their identities are held meanwhile, so nothing arrives in between. What names them goes first and
who they are last, so a deletion that was cut short is done by asking again. In the end the files are rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Lock

from duly.engine import cursor
from duly.engine.cursor import CURSOR
from duly.engine.decision import unpack_decision, user_prefix
from duly.engine.engine import Engine
from duly.engine.keys import CHECK, DECISION, DUE, EVENT, FANOUT, HISTORY, INSTANCE, RELATED, REQUEST
from duly.engine.state import User, unpack_due
from duly.engine.store import Commit, Conflict, bucket_prefix

_PAGE = 1_000
_ATTEMPTS = 20
_OWN = (HISTORY, INSTANCE, FANOUT, EVENT)
"""The kinds of record whose keys start with the user."""

Pair = tuple[bytes, bytes]


@dataclass(slots=True)
class Erased:
    """How much of what was deleted."""

    events: int = 0
    decisions: int = 0
    pending: int = 0


def identities_of(engine: Engine, identity: str) -> list[str]:
    """All identities of the person whom `identity` belongs to, the one that stands for the others first."""
    user = engine.user(identity)
    while user is not None and user.merged_into:
        identity = user.merged_into
        user = engine.user(identity)
    return list(dict.fromkeys([identity, *(user.identities if user is not None else ())]))


class Eraser:
    """Deletes people from the store of one engine; any thread may ask."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._store, self._keys = engine, engine.store, engine.keys
        self._turn, self._state = Lock(), Lock()
        self._unclean: set[int] = set()

    def erase(self, identity: str) -> Erased | None:
        """
        Delete the person whom `identity` belongs to; on return no file holds anything of them.

        None when nothing is known of them, and nothing was deleted before. Raises `Conflict` on too many lost races.
        """
        for attempt in range(_ATTEMPTS):
            known = self._known(identity)
            buckets = {self._keys.bucket(each) for each in known}
            with self._engine.locks.hold(buckets):
                if self._known(identity) != known:
                    continue
                try:
                    erased = self._erase(known)
                except Conflict:
                    if attempt == _ATTEMPTS - 1:
                        raise
                    continue
            if erased is not None:
                self._store.sync(self._store.latest())
                self._purge(buckets)
            return erased
        raise Conflict(self._keys.bucket(identity))

    def _known(self, identity: str) -> list[str]:
        """All identities that lead to the person, those with somebody else's past included."""
        own = identities_of(self._engine, identity)
        person = self._engine.user(own[0])
        return list(dict.fromkeys([*own, *(person.pointers if person is not None else ()), identity]))

    # --- what is known ------------------------------------------------------------------------------------------------

    def _erase(self, known: list[str]) -> Erased | None:
        person = self._engine.user(known[0]) or User()
        erased = Erased(pending=len(person.pending) + len(person.reserved))
        own = identities_of(self._engine, known[0])
        for identity in own:
            self._erase_identity(identity, frozenset(own), erased)
        for identity in known:
            # Of an identity that was somebody else's before, only what it asked for as this person is theirs.
            self._store.delete_range(*self._keys.of(self._keys.bucket(identity), REQUEST, identity))
        if not person.version and not (erased.events or erased.decisions) and not self._was_erased(known[0]):
            return None
        if person.version:
            self._end(known, person)
        return erased

    def _was_erased(self, identity: str) -> bool:
        return self._store.read((self._engine.suppression.key(identity),))[0] is not None

    def _erase_identity(self, identity: str, known: frozenset[str], erased: Erased) -> None:
        bucket, keys = self._keys.bucket(identity), self._keys
        erased.events += sum(1 for _ in self._pairs(*keys.of(bucket, EVENT, identity)))
        erased.decisions += self._delete(bucket, self._decisions(bucket, identity, known))
        self._delete(bucket, self._relations(bucket, identity))
        about = identity.encode()
        self._delete(bucket, self._where(bucket, DUE, lambda value: unpack_due(value)[0] == about))
        self._delete(bucket, self._where(bucket, CHECK, lambda value: value == about))
        self._delete(bucket, self._where(bucket, CURSOR, partial(cursor.names, identity=identity)))
        for kind in _OWN:
            self._store.delete_range(*keys.of(bucket, kind, identity))

    def _decisions(self, bucket: int, identity: str, known: frozenset[str]) -> Iterator[tuple[bytes, ...]]:
        """Each record, found by its own key whatever leads to it; the keys of two users may end alike."""
        suffix = user_prefix(bucket, identity)[2:]
        for key, value in self._pairs(*self._keys.span(bucket, DECISION)):
            if key.endswith(suffix) and unpack_decision(value).identity in known:
                yield (key,)

    def _relations(self, bucket: int, identity: str) -> Iterator[tuple[bytes, ...]]:
        for key, _ in self._pairs(*self._keys.of(bucket, RELATED, identity)):
            _, relation, thing = key[3:].decode().split("\0")
            yield key, self._keys.member(bucket, relation, thing, identity)

    def _where(self, bucket: int, kind: bytes, test: Callable[[bytes], bool]) -> Iterator[tuple[bytes, ...]]:
        return ((key,) for key, value in self._pairs(*self._keys.span(bucket, kind)) if test(value))

    def _pairs(self, start: bytes, stop: bytes) -> Iterator[Pair]:
        while page := self._store.scan(start, stop, _PAGE):
            yield from page
            start = page[-1][0] + b"\0"

    def _delete(self, bucket: int, records: Iterable[tuple[bytes, ...]]) -> int:
        """Delete records of one or several keys; how many there were."""
        count = 0
        keys: list[bytes] = []
        for record in records:
            count += 1
            keys += record
            if len(keys) >= _PAGE:
                self._store.commit(Commit((bucket,), deletes=keys))
                keys = []
        if keys:
            self._store.commit(Commit((bucket,), deletes=keys))
        return count

    def _end(self, known: list[str], person: User) -> None:
        """Delete who they are, the person last, and leave a hash that keeps what happened before from coming back."""
        entry = self._engine.suppression.entry(person, self._engine.clock())
        for identity in reversed(known):
            bucket, key = self._keys.bucket(identity), self._keys.user(self._keys.bucket(identity), identity)
            checks = [(key, person.version)] if identity == known[0] else []
            puts = [(self._engine.suppression.key(identity), entry)]
            self._store.commit(Commit((bucket,), checks=checks, puts=puts, deletes=[key]))

    # --- the files ----------------------------------------------------------------------------------------------------

    def _purge(self, buckets: set[int]) -> None:
        """Rewrite the files of some buckets; whoever waits for a bucket that somebody else has rewritten need not."""
        with self._state:
            self._unclean |= buckets
        with self._turn:
            with self._state:
                mine = sorted(self._unclean) if self._unclean & buckets else []
                self._unclean -= set(mine)
            try:
                for bucket in mine:
                    self._store.purge(bucket_prefix(bucket), bucket_prefix(bucket + 1))
            except BaseException:
                with self._state:
                    self._unclean |= set(mine)
                raise
