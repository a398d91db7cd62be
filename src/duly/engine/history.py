"""The past events of a user that some rule reads: kept in order of event time, bounded in number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from duly.engine.event import Event
from duly.engine.packing import packed
from duly.engine.session import Session
from duly.planning.plan import HistoryRead, Key, Plan, at_path

MAX_EVENTS = 1_000
"""How many events of one name are kept for one user: the newest. A window that reaches further back is unknown."""


class Kept(msgspec.Struct, array_like=True):
    """
    The kept events of one name, as (event time, properties). `since` is the instant since which none is missing because
    nobody kept it, `dropped` the newest event time that had to go because of the bound. `ids` are their message ids.
    """

    events: list[tuple[int, dict[str, Any]]] = []
    since: int = 0
    dropped: int = 0
    ids: list[str] = []


Message = tuple[int, dict[str, Any], str]
"""A kept event with its message id."""

_TIME = itemgetter(0)

_decoder = msgspec.msgpack.Decoder(Kept)


def remember(session: Session, event: Event, identity: str, read: HistoryRead) -> None:
    """Add an event to the history of its name, in its place by event time, and forget what no window reaches."""
    bucket = session.keys.bucket(identity)
    key = session.keys.history(bucket, identity, read.name)
    kept = _unpack(session.value(key))
    place = bisect_right(kept.events, event.time, key=itemgetter(0))
    kept.events.insert(place, (event.time, _part(event.properties, read.properties)))
    kept.ids.insert(place, event.message_id)
    _forget(kept, event.arrival, read.window)
    session.put(bucket, key, packed(kept))


def _unpack(value: bytes | None) -> Kept:
    if value is None:
        return Kept(events=[], ids=[])
    kept = _decoder.decode(value)
    if len(kept.ids) < len(kept.events):
        kept.ids = [""] * (len(kept.events) - len(kept.ids)) + kept.ids
    return kept


def past_events(value: bytes) -> list[Message]:
    """The events in the stored form of a history, oldest first."""
    return _messages(_unpack(value))


def combine(value: bytes, other: bytes | None) -> bytes:
    """The histories of two identities of one person as one."""
    one, two = _unpack(value), _unpack(other)
    both = _filed([*_messages(one), *_messages(two)], max(one.dropped, two.dropped))
    both.since = max(one.since, two.since)
    _bound(both)
    return packed(both)


def rebuild(session: Session, identity: str, read: HistoryRead, events: Iterable[Event], now: int) -> None:
    """Put these events, all of one name that the log holds, in the place of what was kept."""
    kept = _filed([(event.time, _part(event.properties, read.properties), event.message_id) for event in events], 0)
    _forget(kept, now, read.window)
    bucket = session.keys.bucket(identity)
    key = session.keys.history(bucket, identity, read.name)
    if kept.events or session.value(key) is not None:
        session.put(bucket, key, packed(kept))


def _filed(messages: list[Message], dropped: int) -> Kept:
    """One event may have come in under two identities of a person; it counts once."""
    messages = sorted({message[2] or number: message for number, message in enumerate(messages)}.values(), key=_TIME)
    return Kept([message[:2] for message in messages], 0, dropped, [message[2] for message in messages])


def _messages(kept: Kept) -> list[Message]:
    return [(time, properties, known) for (time, properties), known in zip(kept.events, kept.ids, strict=True)]


def _part(properties: Mapping[str, Any], paths: frozenset[Key]) -> dict[str, Any]:
    """The properties that some rule reads; a nested one keeps its place."""
    part: dict[str, Any] = {}
    for path in paths:
        value = at_path(properties, path)
        if value is None:
            continue
        inner = part
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = value
    return part


def _forget(kept: Kept, now: int, window: int | None) -> None:
    if window is not None:
        gone = bisect_right(kept.events, now - window, key=itemgetter(0))
        del kept.events[:gone], kept.ids[:gone]
    _bound(kept)


def _bound(kept: Kept) -> None:
    over = len(kept.events) - MAX_EVENTS
    if over > 0:
        kept.dropped = max(kept.dropped, kept.events[over - 1][0])
        del kept.events[:over], kept.ids[:over]


class StoredHistory:
    """One user's past as conditions read it; each name is read from the store when it is first asked for."""

    __slots__ = ("_cache", "_identity", "_plan", "_session", "_since")

    def __init__(self, session: Session, plan: Plan, identity: str, since: Mapping[str, int]) -> None:
        self._session, self._plan, self._identity, self._since = session, plan, identity, since
        self._cache: dict[str, Kept] = {}

    def everybody(self, now: int) -> Sequence[int]:
        """At which hours everybody opens what they are sent: counts by hour of the local day."""
        return self._session.everybody.hours(now)

    def events(self, names: tuple[str, ...]) -> Sequence[tuple[int, dict[str, Any]]]:
        """The kept events of these names, oldest first."""
        if len(names) == 1:
            return self._kept(names[0]).events
        return sorted((past for name in names for past in self._kept(name).events), key=lambda past: past[0])

    def newest(self, name: str) -> Iterator[Message]:
        """The kept events of a name with their message ids, newest first."""
        kept = self._kept(name)
        pairs = zip(reversed(kept.events), reversed(kept.ids), strict=True)
        return ((time, properties, known) for (time, properties), known in pairs)

    def complete_since(self, names: tuple[str, ...]) -> int:
        """The instant since which history of these names is whole; 0 for always."""
        return max((self._since.get(name, 0) for name in names), default=0)

    def overflowed(self, names: tuple[str, ...], since: int) -> bool:
        """Whether events later than `since` had to be dropped because there were too many."""
        return any(0 < self._kept(name).dropped > since for name in names)

    def _kept(self, name: str) -> Kept:
        kept = self._cache.get(name)
        if kept is None:
            bucket = self._session.keys.bucket(self._identity)
            kept = _unpack(self._session.value(self._session.keys.history(bucket, self._identity, name)))
            self._cache[name] = kept
        return kept
