"""
Forgetting in time: decisions, events and answers to requests that are older than they are to be kept.

Nothing goes before the rules are through with it: their horizon is the longest time after which an event may still lead
to a notification, a cap count it or a goal credit it. What waits, or is with a worker, stays. What is known of a
message for a user goes with the last of its event and decisions. Bytes leave the files when the store rewrites them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from duly.engine.answer import request_time
from duly.engine.decision import Decision, Standing, unpack_decision
from duly.engine.engine import Engine
from duly.engine.goals import LATENESS
from duly.engine.keys import DECISION, EVENT, REQUEST
from duly.engine.place import moment
from duly.engine.remembered import Remembered, change_remembered
from duly.engine.state import pack, unpack_event, unpack_instance
from duly.engine.store import Commit
from duly.meaning.model import DAY, HOUR, MINUTE
from duly.planning.plan import Plan, RulePlan

_PAGE = 256
_ACTIVE = (Standing.PENDING, Standing.RESERVED, Standing.LEASED)
_ROUNDS = 50
"""How many rounds are made in the time that something is kept: it outlives that by at most a fiftieth, or an hour."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long what is kept, in microseconds; None for ever."""

    decisions: int | None = None
    events: int | None = None
    requests: int | None = None


def horizon(plan: Plan) -> int:
    """For how long after an event some rule may still need to know of it, in microseconds; a day at least."""
    return max((_horizon(rule) for rule in plan.rules.values()), default=0) or DAY


def _horizon(rule: RulePlan) -> int:
    goal = rule.goal.within + LATENESS if rule.goal is not None else 0
    return max(rule.delay + rule.expiry + goal, rule.sends_kept, DAY)


@dataclass(slots=True)
class _Change:
    """What becomes of one bucket, found out step by step."""

    checks: list[tuple[bytes, int]] = field(default_factory=list)
    puts: list[tuple[bytes, bytes]] = field(default_factory=list)
    deletes: list[bytes] = field(default_factory=list)

    def of(self, bucket: int) -> Commit:
        return Commit((bucket,), self.checks, self.puts, self.deletes)


class Retention:
    """Forgets in one store, in rounds, a page at a time; for one thread."""

    def __init__(self, engine: Engine, kept: Kept) -> None:
        self._engine, self._store, self._keys, self._kept = engine, engine.store, engine.keys, kept
        self._round: Iterator[None] = iter(())
        self._next = 0
        self.forgotten = 0

    def step(self) -> bool:
        """Do one page; False when there is nothing to do before the next round."""
        try:
            next(self._round)
        except StopIteration:
            now = self._engine.clock()
            if now < self._next:
                return False
            spans = [span for span in (self._kept.decisions, self._kept.events, self._kept.requests) if span]
            self._next = now + min(max(min(spans, default=DAY) // _ROUNDS, MINUTE), HOUR)
            self._round = self._forget(now)
        return True

    def _forget(self, now: int) -> Iterator[None]:
        least = horizon(self._engine.plan)
        events = _edge(now, self._kept.events, least)
        if events:
            change_remembered(self._store, lambda record: _note(record, events))
        for bucket in range(self._keys.buckets):
            yield from self._decisions(bucket, _edge(now, self._kept.decisions, least), now)
            yield from self._events(bucket, events)
            yield from self._requests(bucket, _edge(now, self._kept.requests, DAY))

    # --- decisions ----------------------------------------------------------------------------------------------------

    def _decisions(self, bucket: int, edge: int, now: int) -> Iterator[None]:
        start, _ = self._keys.span(bucket, DECISION)
        stop = start + moment(edge)
        while True:
            # Read and forgotten under the lock, so that nothing becomes of a decision in between.
            with self._engine.locks.hold({bucket}):
                page = self._store.scan(start, stop, _PAGE)
                for key, value in page:
                    self._forget_decision(bucket, key, unpack_decision(value), now)
            if not page:
                return
            start = page[-1][0] + b"\0"
            yield

    def _forget_decision(self, bucket: int, key: bytes, decision: Decision, now: int) -> None:
        if decision.standing in _ACTIVE or decision.expires > now:
            return
        change = _Change(deletes=[key])
        if self._keys.bucket(decision.identity) == bucket:
            self._leave_instance(change, decision)
        self._store.commit(change.of(bucket))
        self.forgotten += 1

    def _leave_instance(self, change: _Change, decision: Decision) -> None:
        """Take a decision out of what is known of its message, which goes with the last one unless its event stays."""
        keys, who = self._keys, decision.identity
        bucket = keys.bucket(who)
        key = keys.instance(bucket, who, decision.message_id)
        event = keys.event(bucket, who, decision.event_time, decision.message_id)
        value, logged = self._store.read((key, event))
        if value is None:
            return
        instance = unpack_instance(value)
        change.checks.append((key, instance.version))
        instance.forget(decision.id)
        if instance.ids() or logged is not None:
            instance.version += 1
            change.puts.append((key, pack(instance)))
        else:
            change.deletes.append(key)

    # --- events -------------------------------------------------------------------------------------------------------

    def _events(self, bucket: int, edge: int) -> Iterator[None]:
        """Each user's oldest; from the first that stays on to the next user."""
        start, stop = self._keys.span(bucket, EVENT)
        while edge and (page := self._store.scan(start, stop, _PAGE)):
            with self._engine.locks.hold({bucket}):
                start = self._forget_events(bucket, page, edge)
            yield

    def _forget_events(self, bucket: int, page: list[tuple[bytes, bytes]], edge: int) -> bytes:
        """Forget the old ones of a page; where to go on."""
        change = _Change()
        after = page[-1][0] + b"\0"
        for key, value in page:
            head = key.index(b"\0", 3) + 1
            if int.from_bytes(key[head : head + 8], "big") >= edge:
                after = key[: head - 1] + b"\1"
                break
            if unpack_event(value).arrival < edge:
                change.deletes.append(key)
                identity, message_id = key[3 : head - 1].decode(), key[head + 8 :].decode()
                self._forget_instance(change, self._keys.instance(bucket, identity, message_id))
        self.forgotten += len(change.deletes)
        if change.deletes:
            self._store.commit(change.of(bucket))
        return after

    def _forget_instance(self, change: _Change, key: bytes) -> None:
        """What is known of a message goes with its event, unless there are decisions about it."""
        value = self._store.read((key,))[0]
        if value is not None and not unpack_instance(value).ids():
            change.checks.append((key, int.from_bytes(value[:8], "big")))
            change.deletes.append(key)

    # --- requests -----------------------------------------------------------------------------------------------------

    def _requests(self, bucket: int, edge: int) -> Iterator[None]:
        start, stop = self._keys.span(bucket, REQUEST)
        while edge and (page := self._store.scan(start, stop, _PAGE)):
            old = [key for key, value in page if request_time(value) < edge]
            if old:
                self._store.commit(Commit((bucket,), deletes=old))
            self.forgotten += len(old)
            start = page[-1][0] + b"\0"
            yield


def _edge(now: int, kept: int | None, least: int) -> int:
    """The instant before which things go, 0 for never."""
    return 0 if kept is None else max(now - max(kept, least), 0)


def _note(record: Remembered, edge: int) -> None:
    record.forgotten = max(record.forgotten, edge)
