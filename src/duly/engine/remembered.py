"""What the store has remembered for the rules so far, and what is still to be gathered from the event log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import msgspec

from duly.engine.keys import EVENT, Keys
from duly.engine.store import Commit, Conflict, Store
from duly.meaning.model import Relation
from duly.planning.plan import HistoryRead, Plan, RulePlan

ALWAYS = 0
"""The instant since which a history is whole that no event can be missing from."""

_RECORD = "remembered"
_ATTEMPTS = 20


class Stream(msgspec.Struct, array_like=True):
    """The kept events of one name: for how long, with which properties, and the instant since which none is missing."""

    window: int | None
    properties: list[list[str]]
    since: int


class Watched(msgspec.Struct, array_like=True):
    """A watched segment: what it means, and the instant since which it does."""

    definition: str
    since: int


class Recurring(msgspec.Struct, array_like=True):
    """A rule that the calendar starts: since when, and the last date (days since 1970-01-01) that was started."""

    since: int
    last: int


class Backfill(msgspec.Struct, array_like=True):
    """
    What is being gathered: it is done in all buckets before `bucket`, and in that one as far as a cursor there says.

    `redefined` are relations that meant something else before.
    """

    streams: list[str] = []
    relations: list[str] = []
    redefined: list[str] = []
    segments: list[str] = []
    bucket: int = 0
    users: int = 0

    @property
    def needed(self) -> bool:
        """Whether there is anything to gather."""
        return bool(self.streams or self.relations or self.segments)


class Remembered(msgspec.Struct, array_like=True):
    """What the store has remembered; each mapping is by name. `version` is for the store.

    `forgotten` is the instant before which events may have left the log.
    """

    version: int = 0
    streams: dict[str, Stream] = msgspec.field(default_factory=dict)
    relations: dict[str, str] = msgspec.field(default_factory=dict)
    segments: dict[str, Watched] = msgspec.field(default_factory=dict)
    recurring: dict[str, Recurring] = msgspec.field(default_factory=dict)
    backfill: Backfill | None = None
    forgotten: int = 0

    @property
    def since(self) -> dict[str, int]:
        """The instant since which the history of each event name is whole."""
        return {name: stream.since for name, stream in self.streams.items() if stream.since}


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Remembered)


def load_remembered(store: Store) -> Remembered:
    """What is remembered; nothing in a new store."""
    value = store.read((Keys(store.buckets).rules(_RECORD),))[0]
    return Remembered() if value is None else _decoder.decode(memoryview(value)[8:])


def change_remembered(store: Store, change: Callable[[Remembered], None]) -> Remembered:
    """Change what is remembered, durably, and again after a lost race; nothing is written when nothing changes."""
    key = Keys(store.buckets).rules(_RECORD)
    for _ in range(_ATTEMPTS):
        record = load_remembered(store)
        before, version = _encoder.encode(record), record.version
        change(record)
        if _encoder.encode(record) == before:
            return record
        record.version = version + 1
        value = record.version.to_bytes(8, "big") + _encoder.encode(record)
        try:
            store.sync(store.commit(Commit((0,), checks=[(key, version)], puts=[(key, value)])))
        except Conflict:
            continue
        return record
    raise Conflict(0)


def adopt(store: Store, plan: Plan, now: int) -> Remembered:
    """Take a plan into account: what it wants remembered, and what of that has to be gathered first."""
    empty = not load_remembered(store).version and _is_empty(store)

    def take(record: Remembered) -> None:
        work = Backfill()
        record.streams = {name: _stream(record, read, now, work) for name, read in plan.history.items()}
        record.relations = {name: _relation(record, each, work) for name, each in plan.rule_set.relations.items()}
        record.segments = {name: _segment(record, name, plan, now, work) for name in plan.watched}
        record.recurring = {rule.name: _recur(record, rule, now) for rule in plan.recurring}
        if empty:
            for stream in record.streams.values():
                stream.since = ALWAYS
        elif work.needed:
            record.backfill = _together(record.backfill, work, plan)

    return change_remembered(store, take)


def in_force(plan: Plan, record: Remembered) -> Plan:
    """The plan, knowing since when each of its segments is watched and each rule of the calendar is in force."""
    watched = {name: replace(each, since=record.segments[name].since) for name, each in plan.watched.items()}
    recurring = [replace(rule, since=record.recurring[rule.name].since) for rule in plan.recurring]
    rules = {**plan.rules, **{rule.name: rule for rule in recurring}}
    return replace(plan, watched=watched, recurring=tuple(recurring), rules=rules)


def _stream(record: Remembered, read: HistoryRead, now: int, work: Backfill) -> Stream:
    known = record.streams.get(read.name)
    wanted = Stream(read.window, sorted(list(path) for path in read.properties), now)
    if known is None or not {tuple(path) for path in known.properties} >= read.properties:
        work.streams.append(read.name)
    elif known.window is not None and (read.window is None or read.window > known.window):
        work.streams.append(read.name)
        wanted.since = max(known.since, now - known.window)
    else:
        wanted.since = known.since
    return wanted


def _relation(record: Remembered, relation: Relation, work: Backfill) -> str:
    meaning = repr((relation.key, relation.added_by, relation.removed_by))
    known, digest = record.relations.get(relation.name), sha256(meaning.encode()).hexdigest()[:12]
    if known != digest:
        work.relations.append(relation.name)
        if known is not None:
            work.redefined.append(relation.name)
    return digest


def _segment(record: Remembered, name: str, plan: Plan, now: int, work: Backfill) -> Watched:
    known, definition = record.segments.get(name), plan.watched[name].definition
    if known is not None and known.definition == definition:
        return known
    work.segments.append(name)
    return Watched(definition, now)


def _recur(record: Remembered, rule: RulePlan, now: int) -> Recurring:
    """One with another name goes on; a rule that is back after it was gone begins anew."""
    former = (record.recurring.get(name) for name in (rule.name, *rule.rule.was))
    return next(filter(None, former), None) or Recurring(now, -1)


def _together(running: Backfill | None, more: Backfill, plan: Plan) -> Backfill:
    """What was being gathered and what is to be, from the first user on."""
    if running is None:
        return more
    return Backfill(
        [name for name in dict.fromkeys([*running.streams, *more.streams]) if name in plan.history],
        [name for name in dict.fromkeys([*running.relations, *more.relations]) if name in plan.relation_keys],
        [name for name in dict.fromkeys([*running.redefined, *more.redefined]) if name in plan.relation_keys],
        [name for name in dict.fromkeys([*running.segments, *more.segments]) if name in plan.watched],
    )


def _is_empty(store: Store) -> bool:
    keys = Keys(store.buckets)
    return not any(store.scan(*keys.span(bucket, EVENT), 1) for bucket in range(store.buckets))
