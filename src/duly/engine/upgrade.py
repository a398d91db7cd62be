"""
Brings what an older layout keeps to where this one has it.

In layout 1 a decision took two records: itself, in order of user, and an empty one in order of time. Some of these
decisions nothing that is known of a message led to any more, because another had been noted in their place.

In layouts 1 and 2 the properties of an event from which a notification waits lie with the user, not in the due queue.
They may still do so: what waits is read either way, and does not wait for long.
"""

from __future__ import annotations

from duly.engine.decision import Decision, unpack_decision
from duly.engine.keys import Keys
from duly.engine.state import Instance, pack, unpack_instance, unpack_user
from duly.engine.store import Commit, Store

_BY_USER, _BY_TIME = b"d", b"l"
"""The kinds of record of layout 1, which no later one has."""

_PAGE = 500


def upgrade(store: Store) -> int:
    """
    Bring a store of an older layout to this one, durably; how many decisions were moved.

    Nobody else may use the store meanwhile. Where this ends halfway, doing it again does the rest.
    """
    moved = sum(_Bucket(store, bucket).upgrade() for bucket in range(store.buckets))
    store.sync(store.latest())
    return moved


class _Bucket:
    """One bucket of a store of layout 1."""

    def __init__(self, store: Store, bucket: int) -> None:
        self._store, self._bucket, self._keys = store, bucket, Keys(store.buckets)

    def upgrade(self) -> int:
        """Move the bucket's decisions; how many."""
        count = 0
        start, stop = self._keys.span(self._bucket, _BY_USER)
        while page := self._store.scan(start, stop, _PAGE):
            self._move(page)
            count += len(page)
            start = page[-1][0] + b"\0"
        first, last = self._keys.span(self._bucket, _BY_TIME)
        if self._store.scan(first, last, 1):
            self._store.delete_range(first, last)
        return count

    def _move(self, page: list[tuple[bytes, bytes]]) -> None:
        """What leads to a decision comes before the decision goes: it may lie in another bucket."""
        for _, value in page:
            self._refer(unpack_decision(value))
        puts = [(self._keys.decision(self._bucket, key[3:]), value) for key, value in page]
        self._store.commit(Commit((self._bucket,), puts=puts, deletes=[key for key, _ in page]))

    def _refer(self, decision: Decision) -> None:
        """See to it that what is known of a message leads to the decision."""
        about = self._instance(decision.identity, decision.message_id)
        if decision.id in about.ids() or self._is_known(decision):
            return
        bucket = self._keys.bucket(decision.identity)
        key = self._keys.instance(bucket, decision.identity, decision.message_id)
        check = (key, about.version)
        about.version += 1
        about.replaced.append(decision.id)
        self._store.commit(Commit((bucket,), checks=[check], puts=[(key, pack(about))]))

    def _is_known(self, decision: Decision) -> bool:
        """Whether it is known under an identity that has become the decision's."""
        value = self._store.read((self._keys.user(self._keys.bucket(decision.identity), decision.identity),))[0]
        former = unpack_user(value).identities if value is not None else []
        return any(decision.id in self._instance(known, decision.message_id).ids() for known in former)

    def _instance(self, identity: str, message_id: str) -> Instance:
        value = self._store.read((self._keys.instance(self._keys.bucket(identity), identity, message_id),))[0]
        return Instance() if value is None else unpack_instance(value)
