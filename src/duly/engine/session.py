"""One round of reading, evaluating and writing: what was read, what is to change, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import TYPE_CHECKING

from msgspec import Struct

from duly.engine import state
from duly.engine.decision import Decision, pack_decision, unpack_decision, user_prefix
from duly.engine.keys import Keys
from duly.engine.opens import Everybody
from duly.engine.state import Instance, Pending, User
from duly.engine.store import Commit, Conflict, Store, bucket_in, version_of
from duly.engine.suppression import Suppression

if TYPE_CHECKING:  # which needs sessions
    from duly.engine.shadow import Shadow

_PAGE = 1_000


class Place(Struct):
    """Where a user lives: their bucket, the key of their state, and what the ids of decisions about them start with."""

    bucket: int
    key: bytes
    prefix: bytes


class Session:
    """
    Reads through to the store once per key and sees its own writes; nothing reaches the store before `commit`.

    Users and instances that were changed must be handed to `keep_user` and `keep_instance`. Not for several threads.
    """

    __slots__ = (
        "_instance_keys",
        "_instances",
        "_kept_instances",
        "_kept_users",
        "_places",
        "_since",
        "_users",
        "_values",
        "checks",
        "dues",
        "everybody",
        "keys",
        "shadow",
        "store",
        "suppression",
        "writes",
    )

    def __init__(self, store: Store, keys: Keys, everybody: Everybody, suppression: Suppression) -> None:
        self.store, self.suppression = store, suppression
        self.shadow: Shadow | None = None
        self.everybody = everybody
        self.keys = keys
        self._since = store.latest()
        self.writes: dict[int, dict[bytes, bytes | None]] = {}
        self.dues: list[tuple[int, int]] = []
        self.checks: list[tuple[int, int]] = []
        self._values: dict[bytes, bytes | None] = {}
        self._users: dict[str, User] = {}
        self._instances: dict[tuple[str, str], Instance] = {}
        self._kept_users: dict[str, int] = {}
        self._kept_instances: dict[tuple[str, str], int] = {}
        self._places: dict[str, Place] = {}
        self._instance_keys: dict[tuple[str, str], bytes] = {}

    def load(self, keys: Iterable[bytes]) -> None:
        """Read many keys in one round trip."""
        values = self._values
        wanted = [key for key in dict.fromkeys(keys) if key not in values] if values else list(dict.fromkeys(keys))
        if wanted:
            self._values.update(zip(wanted, self.store.read(wanted), strict=True))

    def value(self, key: bytes) -> bytes | None:
        """What lies under a key, this session's own writes included."""
        values = self._values
        if key not in values:
            values[key] = self.store.read((key,))[0]
        return values[key]

    def scan(self, start: bytes, stop: bytes) -> list[tuple[bytes, bytes]]:
        """All that lies in a range of one bucket, in order, with this session's own writes."""
        found: dict[bytes, bytes] = {}
        first = start
        while page := self.store.scan(first, stop, _PAGE):
            found.update(page)
            first = page[-1][0] + b"\0"
        for key, value in self.writes.get(int.from_bytes(start[:2], "big"), {}).items():
            if start <= key < stop:
                found.pop(key, None)
                if value is not None:
                    found[key] = value
        return sorted(found.items())

    # --- users and instances ------------------------------------------------------------------------------------------

    def user(self, identity: str) -> User:
        """The user's state, empty for one never seen. The caller may change it and then must keep it."""
        user = self._users.get(identity)
        if user is None:
            value = self.value(self.place(identity).key)
            user = self._newcomer(identity) if value is None else state.unpack_user(value)
            self._users[identity] = user
        return user

    def _newcomer(self, identity: str) -> User:
        return self.suppression.newcomer(self.value(self.suppression.key(identity)))

    def resolve(self, identity: str) -> str:
        """Who an identity is now: itself, or the one it was merged into."""
        while identity and (target := self.user(identity).merged_into):
            identity = target
        return identity

    def heir(self, identity: str) -> str:
        """Who has the past of an identity: not always whom it is now, see `duly.engine.merge`."""
        while identity and (user := self.user(identity)).merged_into:
            identity = user.heir or user.merged_into
        return identity

    def replace_user(self, identity: str, user: User) -> None:
        """Put another state in the place of the user's; the caller then keeps it."""
        self._users[identity] = user

    def keep_user(self, identity: str) -> None:
        """Write the user's state with this session."""
        if identity not in self._kept_users:
            user = self._users[identity]
            self._kept_users[identity] = user.version
            user.version += 1

    def instance(self, identity: str, message_id: str) -> Instance:
        """What is known of a message for a user."""
        instance = self._instances.get((identity, message_id))
        if instance is None:
            value = self.value(self.instance_key(identity, message_id))
            instance = Instance() if value is None else state.unpack_instance(value)
            self._instances[identity, message_id] = instance
        return instance

    def keep_instance(self, identity: str, message_id: str) -> None:
        """Write what is known of a message for a user with this session."""
        pair = identity, message_id
        if pair not in self._kept_instances:
            instance = self._instances[pair]
            self._kept_instances[pair] = instance.version
            instance.version += 1

    def place(self, identity: str) -> Place:
        """Where a user lives."""
        place = self._places.get(identity)
        if place is None:
            bucket = self.keys.bucket(identity)
            place = Place(bucket, self.keys.user(bucket, identity), user_prefix(bucket, identity))
            self._places[identity] = place
        return place

    def instance_key(self, identity: str, message_id: str) -> bytes:
        """Where lies what is known of a message for a user."""
        key = self._instance_keys.get((identity, message_id))
        if key is None:
            bucket = self.place(identity).bucket if identity else self.keys.bucket(message_id)
            key = self._instance_keys[identity, message_id] = self.keys.instance(bucket, identity, message_id)
        return key

    # --- everything else ----------------------------------------------------------------------------------------------

    def decision(self, decision: bytes) -> Decision | None:
        """One record of the decision log."""
        bucket = self.keys.bucket_in(decision)
        value = self.value(self.keys.decision(bucket, decision)) if bucket < self.keys.buckets else None
        return None if value is None else unpack_decision(value)

    def log(self, decision: Decision) -> None:
        """Write a record of the decision log, in place of the one with the same id."""
        keys, known = self.keys, decision.id
        bucket = keys.bucket_in(known)
        self.put(bucket, keys.decision(bucket, known), pack_decision(decision))

    def put(self, bucket: int, key: bytes, value: bytes) -> None:
        """Write a record with this session."""
        self._values[key] = value
        self._writes_of(bucket)[key] = value

    def queue(self, bucket: int, due: int, decision: bytes, identity: str, properties: bytes = b"") -> None:
        """Enter something of a user into the due queue; `dues` tells the schedule of it."""
        self.put(bucket, self.keys.due(bucket, due, decision), state.pack_due(identity, properties))
        self.dues.append((bucket, due))

    def scanned(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """Take records as read that were found by a scan of the store."""
        for key, value in entries:
            self._values.setdefault(key, value)

    def load_waiting(self, identity: str, waiting: Iterable[Pending]) -> None:
        """Read what `properties` will be asked for, in one round trip."""
        bucket = self.place(identity).bucket
        self.load(self.keys.due(bucket, pending.due, pending.decision) for pending in waiting if not pending.properties)

    def properties(self, identity: str, pending: Pending) -> bytes:
        """
        The properties (JSON) of the event that a notification that waits for the user came from.

        Raises `Conflict` where it has moved since the user was read.
        """
        if pending.properties:
            return pending.properties
        bucket = self.place(identity).bucket
        value = self.value(self.keys.due(bucket, pending.due, pending.decision))
        if value is None and self._has_moved_on(identity):
            raise Conflict(bucket)
        return state.properties_of(pending, value)

    def _has_moved_on(self, identity: str) -> bool:
        """Whether the store has another state of the user than was read; one that is kept is one ahead of that."""
        version = self.user(identity).version
        return version_of(self.store.read((self.place(identity).key,))[0]) not in (version, version - 1)

    def queue_check(self, bucket: int, time: int, identity: str) -> None:
        """Have a user's segments looked at at an instant; `checks` tells the schedule of it."""
        self.put(bucket, self.keys.check(bucket, time, identity), identity.encode())
        self.checks.append((bucket, time))

    def delete(self, bucket: int, key: bytes) -> None:
        """Delete a record with this session, one that it has put included."""
        self._values[key] = None
        self._writes_of(bucket)[key] = None

    def commit(self) -> Commit:
        """All that changes, on the condition that users and instances are still as they were read."""
        checks: list[tuple[bytes, int]] = []
        for identity, version in self._kept_users.items():
            place = self.place(identity)
            checks.append((place.key, version))
            self._writes_of(place.bucket)[place.key] = state.pack(self._users[identity])
        for pair, version in self._kept_instances.items():
            key = self.instance_key(*pair)
            checks.append((key, version))
            self._writes_of(bucket_in(key))[key] = state.pack(self._instances[pair])
        written = [pair for writes in self.writes.values() for pair in writes.items()]
        puts = [(key, value) for key, value in written if value is not None]
        deletes = [] if len(puts) == len(written) else [key for key, value in written if value is None]
        return Commit(self.writes.keys(), checks, puts, deletes, self._since)

    def _writes_of(self, bucket: int) -> dict[bytes, bytes | None]:
        writes = self.writes.get(bucket)
        if writes is None:
            writes = self.writes[bucket] = {}
        return writes

    def aside(self, identity: str) -> Session:
        """Another session that starts with what this one knows; what it does to the user is not seen here."""
        other = Session(self.store, self.keys, self.everybody, self.suppression)
        other._values = dict(self._values)
        other._instances = self._instances
        other._users[identity] = deepcopy(self.user(identity))
        return other
