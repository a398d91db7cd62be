"""What the tests of a rule set reached: rules, conditions as true, false and unknown, and the edges of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from duly.conditions.context import Facts
from duly.conditions.explain import Explained, explain
from duly.engine.decision import Decision, Verdict
from duly.engine.event import Event
from duly.meaning import model
from duly.source import Span
from duly.testing.script import DAY, Script
from duly.testing.target import Target
from duly.timing.zone import zone

TRUTHS: tuple[bool | None, ...] = (True, False, None)
WORDS = {True: "true", False: "false", None: "unknown"}
MIDNIGHT, CLOCK_CHANGE, CAP_RESET = "midnight", "clock change", "cap reset"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no test reached: of which rule, where, and what."""

    rule: str
    location: str
    what: str


@dataclass(slots=True)
class _RuleCoverage:
    decided: bool = False
    truths: dict[Span, set[bool | None]] = field(default_factory=dict)
    edges: set[str] = field(default_factory=set)
    capped: set[str] = field(default_factory=set)


class Coverage:
    """Collects over all tests of one rule set."""

    def __init__(self, rule_set: model.RuleSet) -> None:
        self._rules = {name: _RuleCoverage() for name in rule_set.rules}
        self._rule_set = rule_set

    def start(self, script: Script) -> None:
        """A test begins."""
        for rule in self._rules.values():
            rule.capped.clear()

    def watch(self, target: Target) -> Target:
        """The target, with an eye on its decisions."""
        return _Watched(target, self)

    def condition(self, rule: str, condition: model.Condition, facts: Facts) -> None:
        """A rule's condition was tested."""
        covered = self._rules.get(rule)
        if covered is not None:
            _note(covered, condition, explain(condition, facts))

    def decision(self, decision: Decision) -> None:
        """A rule decided."""
        covered = self._rules.get(decision.rule)
        if covered is None:
            return
        covered.decided = True
        if decision.reason == "capped":
            covered.capped.add(decision.identity)
        elif decision.verdict == Verdict.NOTIFY:
            if decision.identity in covered.capped:
                covered.edges.add(CAP_RESET)
            covered.edges |= _edges(decision)

    # --- the report ---------------------------------------------------------------------------------------------------

    def counts(self) -> tuple[int, int]:
        """How many points there are, and how many were reached."""
        points = [self._points(rule) for rule in self._rule_set.rules.values()]
        return sum(total for total, _ in points), sum(reached for _, reached in points)

    def percent(self) -> float:
        """The share of points that were reached, 100 when there are none."""
        total, reached = self.counts()
        return 100.0 * reached / total if total else 100.0

    def gaps(self) -> list[Gap]:
        """Everything that was not reached, by rule."""
        return [gap for rule in self._rule_set.rules.values() for gap in self._gaps(rule)]

    def _points(self, rule: model.Rule) -> tuple[int, int]:
        leaves = sum(len(_possible(leaf)) for leaf in _leaves(rule.where))
        total = 1 + leaves + len(_wanted_edges(rule))
        return total, total - len(self._gaps(rule))

    def _gaps(self, rule: model.Rule) -> list[Gap]:
        covered = self._rules[rule.name]
        found = [] if covered.decided else [Gap(rule.name, rule.location, "no test decides")]
        for leaf in _leaves(rule.where):
            reached = covered.truths.get(leaf.span, set())
            text = " ".join(rule.source.text[leaf.span.start : leaf.span.end].split())
            for truth in _possible(leaf):
                if truth not in reached:
                    where = rule.source.location(leaf.span)
                    found.append(Gap(rule.name, where, f"`{text}` is never {WORDS[truth]}"))
        missing = [edge for edge in _wanted_edges(rule) if edge not in covered.edges]
        return found + [Gap(rule.name, rule.location, f"no test crosses a {edge}") for edge in missing]


def _note(covered: _RuleCoverage, condition: model.Condition, explained: Explained) -> None:
    if isinstance(condition, model.And | model.Or):
        for term, part in zip(condition.terms, explained.children, strict=True):
            _note(covered, term, part)
    elif isinstance(condition, model.Not):
        _note(covered, condition.term, explained.children[0])
    else:
        covered.truths.setdefault(condition.span, set()).add(explained.truth)


def _leaves(condition: model.Condition | None) -> list[model.Condition]:
    if condition is None:
        return []
    if isinstance(condition, model.And | model.Or):
        return [leaf for term in condition.terms for leaf in _leaves(term)]
    return _leaves(condition.term) if isinstance(condition, model.Not) else [condition]


def _possible(leaf: model.Condition) -> tuple[bool | None, ...]:
    """The truths a condition can have; some are never unknown."""
    known = isinstance(leaf, model.Related | model.Missing | model.OptedIn)
    return (True, False) if known else TRUTHS


def _wanted_edges(rule: model.Rule) -> list[str]:
    timing = rule.timing
    edges = [MIDNIGHT, CLOCK_CHANGE] if timing.at or timing.between else []
    return [*edges, CAP_RESET] if rule.caps else edges


def _edges(decision: Decision) -> set[str]:
    """The edges that lie between the event and the notification, on the user's clock."""
    local = zone(decision.zone)
    event, granted = decision.event_time, decision.due or decision.created
    edges = set()
    if local.wall(event) // DAY != local.wall(granted) // DAY:
        edges.add(MIDNIGHT)
    day = local.wall(granted) // DAY * DAY
    if local.offset(local.resolve(day)) != local.offset(local.resolve(day + DAY)) or local.offset(event) != local.offset(
        granted
    ):
        edges.add(CLOCK_CHANGE)
    return edges


class _Watched:
    """A target that shows its decisions to a coverage."""

    def __init__(self, target: Target, coverage: Coverage) -> None:
        self._target, self._coverage = target, coverage
        self._seen: set[tuple[bytes, int, str]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def decisions(self, identity: str) -> list[Decision]:
        """See `Target`."""
        found = self._target.decisions(identity)
        for decision in reversed(found):
            state = (decision.id, decision.verdict, decision.reason)
            if state not in self._seen:
                self._seen.add(state)
                self._coverage.decision(decision)
        return found
