"""What the store holds of a user, looked up outside of any session."""

from __future__ import annotations

from itertools import islice

from duly.engine.decision import Decision, unpack_decision
from duly.engine.decision_log import DecisionLog
from duly.engine.keys import RELATED, Keys
from duly.engine.place import place_of
from duly.engine.state import User, is_member, properties_of, unpack_user
from duly.engine.store import Store

_PAGE = 1_000
_ATTEMPTS = 10


class Looking:
    """Looks into one store; what is being committed meanwhile may be seen or not."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys

    def user(self, identity: str) -> User | None:
        """A user's state, None for one never seen."""
        value = self._store.read((self._keys.user(self._keys.bucket(identity), identity),))[0]
        return None if value is None else unpack_user(value)

    def waiting(self, identity: str) -> tuple[User | None, list[bytes]]:
        """A user's state and, for each that waits for them, the properties (JSON) of the event that it came from."""
        bucket = self._keys.bucket(identity)
        for _ in range(_ATTEMPTS):
            user = self.user(identity)
            waiting = [] if user is None else user.pending
            values = self._store.read([self._keys.due(bucket, pending.due, pending.decision) for pending in waiting])
            if None not in values:
                break
            # It has moved since the user was read, or it is gone for good.
        return user, [properties_of(pending, value) for pending, value in zip(waiting, values, strict=True)]

    def decision(self, decision: bytes) -> Decision | None:
        """One record of the decision log."""
        bucket = self._keys.bucket_in(decision)
        if bucket >= self._keys.buckets:
            return None
        value = self._store.read((self._keys.decision(bucket, decision),))[0]
        return None if value is None else unpack_decision(value)

    def decisions(self, identity: str, limit: int, before: bytes | None = None) -> list[Decision]:
        """The user's decisions under all of their identities, newest first, older than the decision id `before`."""
        user = self.user(identity)
        while user is not None and user.merged_into:
            identity = user.merged_into
            user = self.user(identity)
        known = [identity, *(user.identities if user is not None else ())]
        found = DecisionLog(self._store, self._keys).of_user(known, None if before is None else place_of(before))
        return list(islice(found, limit))

    def relation_counts(self, identity: str) -> dict[str, int]:
        """In how many things' relations a user is, by relation."""
        bucket = self._keys.bucket(identity)
        start, stop = self._keys.of(bucket, RELATED, identity)
        counts: dict[str, int] = {}
        while True:
            page = self._store.scan(start, stop, _PAGE)
            parts = [key[3:].decode().split("\0") for key, _ in page]
            values = self._store.read([self._keys.member(bucket, part[1], part[2], identity) for part in parts])
            for (_, relation, _), value in zip(parts, values, strict=True):
                counts[relation] = counts.get(relation, 0) + is_member(value)
            if len(page) < _PAGE:
                return counts
            start = page[-1][0] + b"\0"
