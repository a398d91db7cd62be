"""
Whom a rule would reach if an event happened, and when: asked of everybody it concerns, changing nothing.

An event that names a user concerns nobody else; one that names nobody, all in the rule's relations to its object, or
everybody. Without an event a rule about a segment concerns those who are in it.

A huge audience is not asked in full: whole buckets are, in an order that spreads, until enough users were asked or time
is up. Users are dealt into buckets by a hash, so those of some buckets are a fair sample of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from duly.engine.decision import Decision, Verdict
from duly.engine.engine import Engine
from duly.engine.evaluate import Evaluation
from duly.engine.event import TRACK, Event
from duly.engine.fanout import EVERYBODY
from duly.engine.history import StoredHistory
from duly.engine.intake import Taking
from duly.engine.keys import USER, thing
from duly.engine.local import local_zone
from duly.engine.privacy import identities_of
from duly.engine.session import Session
from duly.engine.state import User, is_member
from duly.engine.triggers.occurrence import base_of, falls_on, message_of
from duly.engine.triggers.segment import crossing_of, facts_of
from duly.meaning.model import DAY, HOUR, CalendarTrigger, SegmentTrigger
from duly.planning.plan import Plan, RulePlan, at_path
from duly.timing.zone import zone

MOST_ASKED = 20_000
"""After so many users no other bucket is begun."""

_PAGE = 256
_STRIDE = 97
"""A prime: bucket after bucket lands far from the one before."""


@dataclass(slots=True)
class Preview:
    """Counts of the users asked: by (verdict, reason), and of sends by hour of the user's own day."""

    audience: int = 0
    asked: int = 0
    share: float = 1.0
    verdicts: Counter[tuple[int, str]] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    version: str = ""

    def add(self, other: Preview) -> None:
        """Count what was found in one more bucket."""
        self.asked += other.asked
        self.verdicts.update(other.verdicts)
        self.hours.update(other.hours)


class Previewing:
    """Asks about one rule of the plan in force, at the instant `time`; `late` says when to come to an end."""

    def __init__(
        self, engine: Engine, rule: RulePlan, event: Event | None, time: int, late: Callable[[], bool]
    ) -> None:
        self._engine, self._plan, self._rule = engine, engine.plan, rule
        self._event, self._time, self._late = event, time, late
        self._named = identities_of(engine, event.identity)[0] if event is not None and event.identity else None

    def preview(self) -> Preview:
        """What the rule would do; a sample where the audience is too large to be asked in the time there is."""
        found, done = Preview(version=self._plan.version), 0.0
        buckets = _spread(self._engine.keys.buckets) if self._named is None else [self._engine.keys.bucket(self._named)]
        for bucket in buckets:
            if done and (found.asked >= MOST_ASKED or self._late()):
                break
            part, share = self._bucket(bucket)
            if share == 1 or not done:
                found.add(part)
                done += share
        found.share = done / len(buckets)
        found.audience = round(found.asked / found.share)
        return found

    def _bucket(self, bucket: int) -> tuple[Preview, float]:
        """What is so in one bucket, and the part of its members that there was time to look at."""
        part, late, looked_at = Preview(), False, 0
        seen: set[str] = set()
        for members in self._members(bucket):
            fresh = [who for who in members if who not in seen]
            seen.update(fresh)
            # Those that are left are only counted, which is quick.
            if not late:
                self._ask(fresh, part)
                looked_at = len(seen)
                late = self._late()
        return part, looked_at / len(seen) if seen else 1.0

    def _members(self, bucket: int) -> Iterator[list[str]]:
        keys, store = self._engine.keys, self._engine.store
        if self._named is not None:
            yield [self._named]
            return
        for pair in _pairs(self._rule, self._event):
            start, stop = keys.span(bucket, USER) if pair == EVERYBODY else keys.members(bucket, *pair)
            skip = len(start)
            while page := store.scan(start, stop, _PAGE):
                yield [key[skip:].decode() for key, value in page if pair == EVERYBODY or is_member(value)]
                start = page[-1][0] + b"\0"

    # --- one user -----------------------------------------------------------------------------------------------------

    def _ask(self, identities: list[str], part: Preview) -> None:
        session, plan = self._engine.session(), self._plan
        asking = self._engine.asking(session, self._time)
        for identity in identities:
            user = session.user(identity)
            if user.merged_into:
                continue
            event = self._event or _imagined(asking, plan, self._rule, identity, user, self._time)
            if event is None:
                continue
            part.asked += 1
            self._count(asking, session, identity, event, part)

    def _count(self, asking: Taking, session: Session, identity: str, event: Event, part: Preview) -> None:
        user = session.user(identity)
        history = StoredHistory(session, self._plan, identity, asking.since)
        candidate = asking.candidate(identity, event, self._rule)
        (decision,) = Evaluation(self._plan, user, history, self._time).verdicts(identity, [candidate])
        reason = "" if decision.verdict == Verdict.NOTIFY else decision.reason
        part.verdicts[decision.verdict, reason] += 1
        if decision.verdict != Verdict.SUPPRESS:
            part.hours[_hour(decision, self._time)] += 1


def _spread(buckets: int) -> list[int]:
    stride = next(step for step in (_STRIDE, 101, 103, 1) if buckets % step or step == 1)
    return [(number * stride) % buckets for number in range(buckets)]


def _pairs(rule: RulePlan, event: Event | None) -> list[tuple[str, str]]:
    """The (relation, thing) pairs whose members the rule concerns; everybody for what users do themselves."""
    if event is None or rule.everybody or event.name not in rule.fans_out or rule.object_key is None:
        return [EVERYBODY]
    name = thing(at_path(event.properties, rule.object_key))
    return [] if name is None else [(relation, name) for relation in rule.audience]


def _imagined(asking: Taking, plan: Plan, rule: RulePlan, identity: str, user: User, time: int) -> Event | None:
    """What starts a rule that listens to no event: its next date, or the segment that the user is in at that time."""
    trigger = rule.rule.trigger
    if not isinstance(trigger, SegmentTrigger):
        return _date(plan, rule, user, time)
    segment = plan.watched.get(trigger.segment)
    inside = segment is not None and segment.test(facts_of(asking, identity, time))
    return crossing_of(trigger.segment, trigger.enters, time, time) if inside else None


def _date(plan: Plan, rule: RulePlan, user: User, time: int) -> Event | None:
    """The next date, from the user's today on, on which the calendar starts the rule."""
    trigger = rule.rule.trigger
    if not isinstance(trigger, CalendarTrigger):
        return None
    today = local_zone(plan, user).zone.wall(time) // DAY
    day = next(day for day in range(today, today + 400) if falls_on(trigger, day))
    base = base_of(plan, rule, user, day)
    return None if base is None else Event(message_of(rule.name, day), TRACK, "calendar", "", "", base, time, {})


def _hour(decision: Decision, time: int) -> int:
    return zone(decision.zone).wall(decision.due or time) // HOUR % 24
