"""What the engine remembers of one user, and how it is written down."""

from __future__ import annotations

from typing import Any

import msgspec

from duly.engine.packing import packed


class Send(msgspec.Struct, array_like=True):
    """
    One grant. `at` is its instant, `wall` the user's wall clock then (microseconds), which fixes its calendar period.

    Category and channel are those at the time of the grant. `held_until` is the end of a reservation's lease, 0 for a
    grant that is final. `shadow` marks a holdout's would-be grant, which only the rule's own caps count.
    """

    at: int
    wall: int
    rule: str
    category: str
    channel: str
    object: str
    decision: bytes
    held_until: int = 0
    counted: bool = True
    shadow: bool = False


class Pending(msgspec.Struct, array_like=True):
    """
    A notification that waits for `due` (an instant), with the trigger it came from.

    `properties` is JSON, and empty where it lies in the due queue: a user is written whenever one of theirs begins or
    ends to wait, and the events of all the others need not be. Of what is reserved, which is in no queue, it is here.

    `key` is the value by which its event goes together with others of its trigger, as text. `lapsed` is when it was
    granted to somebody who reserved it and let the lease run out, 0 for never.
    """

    decision: bytes
    rule: str
    message_id: str
    event: str
    event_time: int
    properties: bytes
    due: int
    created: int
    expires: int = 0
    key: str = ""
    lapsed: int = 0


class Delivery(msgspec.Struct, array_like=True):
    """A granted notification that a worker has until `lease_until`, or, not yet handed out, has no worker."""

    decision: bytes
    lease_until: int
    attempt: int
    worker: str
    granted: int


class Assigned(msgspec.Struct, array_like=True):
    """The id under which a user was first dealt out with some seed, and the instant of that."""

    user_id: str
    time: int


class Awaited(msgspec.Struct, array_like=True):
    """
    A rule's goal that a send opened: a matching event in (`start`, `end`], instants, counts.

    `key` is the trigger's value that the event must have too, empty for any. `sent` is false until the send is known to
    have been delivered. `reached` is the time of the first matching event and `reached_by` its message id; `credited`,
    that this send is the one it is credited to.
    """

    decision: bytes
    rule: str
    key: str
    start: int
    end: int
    sent: bool
    reached: int = 0
    reached_by: str = ""
    credited: bool = False


class User(msgspec.Struct, array_like=True, omit_defaults=True):
    """
    One user's state. `version` counts commits. `trait_times` are the event times of traits, so that a late identify
    does not undo a newer one. `consent` maps `category` or `channel/category` to a consent state. `assigned` is by
    seed. `segments` says for watched segments whether the user is inside and the instant since which that is known;
    `check` is the instant at which they are looked at again, 0 for never. `pointers` are identities that were merged
    into this one after they had belonged to somebody else, whose past is not this user's. `forgotten` is the instant at
    which all that was known of the user was deleted, 0 for never. `heir` is whose the past of a merged identity is,
    where that is somebody else than the one it leads to by now.
    """

    version: int = 0
    created: int = 0
    updated: int = 0
    traits: dict[str, Any] = msgspec.field(default_factory=dict)
    trait_times: dict[str, int] = msgspec.field(default_factory=dict)
    context_zone: str = ""
    context_zone_time: int = 0
    consent: dict[str, str] = msgspec.field(default_factory=dict)
    sends: list[Send] = msgspec.field(default_factory=list)
    pending: list[Pending] = msgspec.field(default_factory=list)
    deliveries: list[Delivery] = msgspec.field(default_factory=list)
    reserved: list[Pending] = msgspec.field(default_factory=list)
    identities: list[str] = msgspec.field(default_factory=list)
    groups: list[str] = msgspec.field(default_factory=list)
    merged_into: str = ""
    preferences: dict[str, Any] = msgspec.field(default_factory=dict)
    consent_times: dict[str, int] = msgspec.field(default_factory=dict)
    assigned: dict[str, Assigned] = msgspec.field(default_factory=dict)
    awaited: list[Awaited] = msgspec.field(default_factory=list)
    segments: dict[str, tuple[bool, int]] = msgspec.field(default_factory=dict)
    check: int = 0
    opens: list[int] = msgspec.field(default_factory=list)
    pointers: list[str] = msgspec.field(default_factory=list)
    forgotten: int = 0
    heir: str = ""


class Instance(msgspec.Struct, array_like=True):
    """
    What is known of one event message for one user.

    `taken`: it was written down, by whichever call; `ingested`: `Ingest` had it decided about. `decisions` are the
    decision ids by rule; `replaced` are ids that were there before another of the same rule, so that whatever was
    decided about a user is found by what is known of their messages.
    """

    version: int = 0
    taken: bool = False
    ingested: bool = False
    decisions: dict[str, bytes] = msgspec.field(default_factory=dict)
    replaced: list[bytes] = msgspec.field(default_factory=list)

    def decide(self, rule: str, decision: bytes) -> bool:
        """Note what a rule has decided; whether that is news."""
        before = self.decisions.get(rule)
        if before == decision:
            return False
        if before is not None and before not in self.replaced:
            self.replaced.append(before)
        self.decisions[rule] = decision
        return True

    def ids(self) -> list[bytes]:
        """The ids of all decisions; one may come twice."""
        return [*self.decisions.values(), *self.replaced]

    def forget(self, decision: bytes) -> None:
        """Take the id of a decision out."""
        self.decisions = {rule: known for rule, known in self.decisions.items() if known != decision}
        self.replaced = [known for known in self.replaced if known != decision]


class LoggedEvent(msgspec.Struct, array_like=True, omit_defaults=True):
    """One event as the log keeps it; `properties` is the JSON that arrived."""

    message_id: str
    type: str
    name: str
    user_id: str
    anonymous_id: str
    time: int
    arrival: int
    properties: bytes = b"{}"
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    previous_id: str = ""
    group_id: str = ""


_user = msgspec.msgpack.Decoder(User)
_instance = msgspec.msgpack.Decoder(Instance)
_logged = msgspec.msgpack.Decoder(LoggedEvent)


def pack(record: User | Instance) -> bytes:
    """The stored form of a versioned record: its version in eight bytes, then MessagePack."""
    return record.version.to_bytes(8, "big") + packed(record)


def unpack_user(value: bytes) -> User:
    """The user that `pack` wrote."""
    return _user.decode(value[8:])


def unpack_instance(value: bytes) -> Instance:
    """The instance that `pack` wrote."""
    return _instance.decode(value[8:])


def pack_event(event: LoggedEvent) -> bytes:
    """The stored form of a logged event."""
    return packed(event)


def unpack_event(value: bytes) -> LoggedEvent:
    """The event that `pack_event` wrote."""
    return _logged.decode(value)


# --- the due queue ----------------------------------------------------------------------------------------------------


def pack_due(identity: str, properties: bytes = b"") -> bytes:
    """An entry of the due queue: whose it is and, of what waits, the properties (JSON) of the event it came from."""
    return identity.encode() + b"\0" + properties if properties else identity.encode()


def unpack_due(value: bytes) -> tuple[bytes, bytes]:
    """Identity and properties of an entry of the due queue; no properties of one that does not wait."""
    identity, _, properties = value.partition(b"\0")
    return identity, properties


def properties_of(pending: Pending, entry: bytes | None) -> bytes:
    """The properties (JSON) of the event of what waits, by its entry of the due queue; none where that is gone."""
    return pending.properties or unpack_due(entry or b"")[1] or b"{}"


# --- relations --------------------------------------------------------------------------------------------------------

MEMBER, NOT_MEMBER, MOVED = b"\1", b"\0", b"\2"
"""
What follows the eight bytes of the event time in a `member` record. `MOVED` stands where a member was merged into
another identity, with the instant of the merge: an event on its way to its audience may have passed that one already.
"""


def is_member(value: bytes | None) -> bool:
    """Whether a `member` record says that the user is in the relation."""
    return value is not None and value[8:] == MEMBER


def moved_at(value: bytes) -> int | None:
    """The instant at which the member was merged into somebody else, None for any other `member` record."""
    return int.from_bytes(value[:8], "big") if value[8:] == MOVED else None
