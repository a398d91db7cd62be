"""What the tests of a rule set reached: rules, conditions as true, false and unknown, and the edges of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from duly.conditions.context import Facts
from duly.conditions.explain import Explained, explain
from duly.engine.decision import Decision, Gate, Status, Verdict
from duly.engine.event import Event
from duly.meaning import model
from duly.meaning.model import DAY
from duly.source import Span
from duly.testing.target import Target
from duly.timing.zone import zone

WORDS = {True: "true", False: "false", None: "unknown"}
TRUTHS: tuple[bool | None, ...] = (True, False, None)
KNOWN: tuple[bool | None, ...] = (True, False)
MIDNIGHT, CLOCK_CHANGE, CAP_RESET = "midnight", "clock change", "cap reset"
_EDGES = {
    MIDNIGHT: "no notification of it waits across midnight",
    CLOCK_CHANGE: "no notification of it waits across a clock change",
    CAP_RESET: "no notification of it follows a full cap",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no test reached: of which rule, where (`file:line:column`), and what."""

    rule: str
    location: str
    what: str


@dataclass(slots=True)
class _Reached:
    """What was reached of one rule; `capped` are users who met a full cap in the test that runs."""

    decided: bool = False
    truths: dict[Span, set[bool | None]] = field(default_factory=dict)
    edges: set[str] = field(default_factory=set)
    capped: set[str] = field(default_factory=set)


class Coverage:
    """
    Collects over all tests of one rule set.

    Points are: each rule decides; each comparison (or other simple condition) of its `where` is true, is false and,
    where it can be, is unknown; for a rule with a time of day, a notification waits across midnight and across a change
    of the clock; for one with a cap, a notification follows a full cap.
    """

    def __init__(self, rule_set: model.RuleSet) -> None:
        self._rules = rule_set.rules
        self._reached = {name: _Reached() for name in rule_set.rules}

    def watch(self, target: Target) -> Target:
        """The target of a test that begins, with an eye on its decisions."""
        for reached in self._reached.values():
            reached.capped.clear()
        return _Watched(target, self)

    def condition(self, rule: str, condition: model.Condition, facts: Facts) -> None:
        """A rule's condition was tested."""
        if rule in self._reached:
            _note(self._reached[rule], condition, explain(condition, facts))

    def decision(self, decision: Decision) -> None:
        """A rule decided."""
        reached = self._reached.get(decision.rule)
        if reached is None:
            return
        reached.decided = True
        if decision.statuses[Gate.CAPS] == Status.FAIL:
            reached.capped.add(decision.identity)
        elif decision.verdict == Verdict.NOTIFY:
            if decision.identity in reached.capped:
                reached.edges.add(CAP_RESET)
            reached.edges |= _crossed(decision)

    # --- the report ---------------------------------------------------------------------------------------------------

    @property
    def points(self) -> int:
        """How many points there are."""
        return sum(1 + _truths(rule) + len(_edges(rule)) for rule in self._rules.values())

    @property
    def percent(self) -> float:
        """The share of points that were reached; 100 when there are none."""
        points = self.points
        return 100.0 * (points - len(self.gaps())) / points if points else 100.0

    def gaps(self) -> list[Gap]:
        """The points that were not reached, by rule."""
        return [gap for rule in self._rules.values() for gap in self._gaps(rule)]

    def _gaps(self, rule: model.Rule) -> list[Gap]:
        reached = self._reached[rule.name]
        found = [] if reached.decided else [Gap(rule.name, rule.location, "no test decides by it")]
        for leaf in _leaves(rule.where):
            text = " ".join(rule.source.text[leaf.span.start : leaf.span.end].split())
            met = reached.truths.get(leaf.span, set())
            never = [WORDS[truth] for truth in _possible(leaf) if truth not in met]
            found += [Gap(rule.name, rule.source.location(leaf.span), f"`{text}` is never {word}") for word in never]
        return found + [Gap(rule.name, rule.location, _EDGES[e]) for e in _edges(rule) if e not in reached.edges]


def _note(reached: _Reached, condition: model.Condition, explained: Explained) -> None:
    if isinstance(condition, model.And | model.Or):
        for term, part in zip(condition.terms, explained.children, strict=True):
            _note(reached, term, part)
    elif isinstance(condition, model.Not):
        _note(reached, condition.term, explained.children[0])
    else:
        reached.truths.setdefault(condition.span, set()).add(explained.truth)


def _leaves(condition: model.Condition | None) -> list[model.Condition]:
    if condition is None:
        return []
    if isinstance(condition, model.And | model.Or):
        return [leaf for term in condition.terms for leaf in _leaves(term)]
    return _leaves(condition.term) if isinstance(condition, model.Not) else [condition]


def _possible(leaf: model.Condition) -> tuple[bool | None, ...]:
    return KNOWN if isinstance(leaf, model.Related | model.Missing | model.OptedIn) else TRUTHS


def _truths(rule: model.Rule) -> int:
    return sum(len(_possible(leaf)) for leaf in _leaves(rule.where))


def _edges(rule: model.Rule) -> list[str]:
    """The edges that a rule can meet: a date begins at midnight, so what starts with one does not wait across it."""
    timing = rule.timing
    if not (timing.at or timing.between or timing.best):
        timed = []
    else:
        timed = [CLOCK_CHANGE] if isinstance(rule.trigger, model.CalendarTrigger) else [MIDNIGHT, CLOCK_CHANGE]
    return [*timed, CAP_RESET] if rule.caps else timed


def _crossed(decision: Decision) -> set[str]:
    """The edges between the event and its notification, on the user's clock."""
    local, event, granted = zone(decision.zone), decision.event_time, _granted(decision)
    crossed = {MIDNIGHT} if local.wall(event) // DAY != local.wall(granted) // DAY else set()
    return crossed | ({CLOCK_CHANGE} if local.offset(event) != local.offset(granted) else set())


def _granted(decision: Decision) -> int:
    """When a notification was granted: in a test it is reported as sent at the same instant."""
    return next((time for outcome, time in decision.outcomes if outcome == "sent"), decision.created)


class _Watched:
    """A target that shows its decisions to a coverage."""

    def __init__(self, target: Target, coverage: Coverage) -> None:
        self._target, self._coverage = target, coverage
        self._seen: set[tuple[bytes, int, str, int]] = set()

    def advance(self, time: int) -> None:
        """See `Target`."""
        self._target.advance(time)

    def ingest(self, event: Event) -> None:
        """See `Target`."""
        self._target.ingest(event)

    def decisions(self, identity: str) -> list[Decision]:
        """See `Target`."""
        found = self._target.decisions(identity)
        for decision in reversed(found):
            state = (decision.id, decision.verdict, decision.reason, decision.due)
            if state not in self._seen:
                self._seen.add(state)
                self._coverage.decision(decision)
        return found

    def peek(self, identity: str, event: Event, rule: str) -> list[Decision]:
        """See `Target`."""
        return self._target.peek(identity, event, rule)

    def report(self, decision: bytes, outcome: str) -> None:
        """See `Target`."""
        self._target.report(decision, outcome)

    def snooze(self, identity: str, category: str, until: int) -> None:
        """See `Target`."""
        self._target.snooze(identity, category, until)

    def mute(self, identity: str, objects: Sequence[str]) -> None:
        """See `Target`."""
        self._target.mute(identity, objects)
