"""Runs a test: moves the clock from step to step and compares what was decided with what was expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter

from duly.engine.decision import Decision, Verdict
from duly.engine.event import Event
from duly.engine.triggers.occurrence import EVERY
from duly.source import Source, Span
from duly.syntax import nodes
from duly.testing import happening
from duly.testing.expectation import Miss, correct_lines, holds
from duly.testing.script import Moment, Script, instant
from duly.testing.target import Target

EVERYTHING = ""
_LEAVE_NO_TRACE = ("no-match", "unknown")
_PASS_BY = (*_LEAVE_NO_TRACE, "expires-first", "passed")


@dataclass(slots=True)
class Outcome:
    """How one test went. `error` is set when it could not be run to its end."""

    title: str
    source: Source
    span: Span
    expectations: int = 0
    misses: list[Miss] = field(default_factory=list)
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.misses and not self.error


def run_script(script: Script, target: Target) -> Outcome:
    """Run one test against a target on which nothing has happened yet."""
    run = _Run(script, target)
    if script.moments:
        run.begin(script.moments[0].time)
    for moment in script.moments:
        run.step(moment)
    return run.outcome


class _Run:
    """One test under way. `news` are the decisions of each user that are new or changed since the last step."""

    def __init__(self, script: Script, target: Target) -> None:
        self.outcome = Outcome(script.test.title.value, script.source, script.test.span)
        self._script, self._target = script, target
        self._seen: dict[tuple[str, bytes], tuple[int, str, int]] = {}
        self._news: dict[str, list[Decision]] = {}
        self._muted: dict[str, list[str]] = {}
        self._event: Event | None = None
        self._messages = 0

    def begin(self, now: int) -> None:
        """Bring the users in."""
        self._target.advance(now)
        for user in self._script.users:
            self._target.ingest(happening.arrival(self._script, user, self._message(), now))

    def step(self, moment: Moment) -> None:
        """Move the clock, do what the line says, and see whether what follows from it was expected."""
        self._target.advance(moment.time)
        self._event = None
        self._act(moment.step, moment.time)
        self._look()
        self._compare(moment.expectations)

    # --- acting -------------------------------------------------------------------------------------------------------

    def _act(self, step: nodes.Step, now: int) -> None:
        script, action = self._script, step.action
        name = "" if step.user is None else step.user.value
        if isinstance(action, nodes.Track):
            self._event = happening.tracked(script, action, name, self._message(), now)
            self._target.ingest(self._event)
        elif isinstance(action, nodes.Traits):
            self._identify(name, happening.properties(action.settings), now)
        elif isinstance(action, nodes.Subscribed | nodes.Unsubscribed):
            self._identify(name, {happening.SUBSCRIPTIONS: happening.consent_said(action)}, now)
        elif isinstance(action, nodes.Becomes):
            self._target.ingest(happening.become(script, name, action.user.value, self._message(), now))
        elif isinstance(action, nodes.Outcome):
            self._report(name, action)
        elif isinstance(action, nodes.Snooze):
            category = EVERYTHING if action.category is None else action.category.value
            self._target.snooze(script.identity(name), category, instant(action.until, script.zone))
        elif isinstance(action, nodes.Mute):
            muted = self._muted.setdefault(name, [])
            muted.append(action.key.value)
            self._target.mute(script.identity(name), muted)

    def _identify(self, name: str, traits: dict[str, object], now: int) -> None:
        self._target.ingest(happening.identified(self._script, name, self._message(), traits, now))

    def _report(self, name: str, action: nodes.Outcome) -> None:
        """Of the newest notification of the rule; without one there is nothing to report."""
        for decision in self._target.decisions(self._script.identity(name)):
            if decision.rule == action.rule.value and decision.verdict == Verdict.NOTIFY:
                self._target.report(decision.id, action.outcome)
                return

    def _message(self) -> str:
        self._messages += 1
        return f"message-{self._messages:05}"

    # --- looking ------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._news = {name: self._fresh(name) for name in self._script.names}

    def _fresh(self, name: str) -> list[Decision]:
        """What was decided about a user since the last look, oldest first."""
        fresh = []
        for decision in self._target.decisions(self._script.identity(name)):
            state = (decision.verdict, decision.reason, decision.due)
            if self._seen.get((name, decision.id)) != state:
                self._seen[name, decision.id] = state
                fresh.append(decision)
        return sorted(fresh, key=attrgetter("created", "message_id", "rule"))

    def _compare(self, expectations: list[nodes.Expectation]) -> None:
        """Miss what did not hold; what some expectation accounts for is not offered to another one."""
        self.outcome.expectations += len(expectations)
        missed: list[nodes.Expectation] = []
        claimed: set[bytes] = set()
        for expected in expectations:
            met = [d.id for d in self._concerned(expected) if holds(expected, d, self._script.zone)]
            claimed.update(met)
            if not met and not self._rightly_nothing(expected):
                missed.append(expected)
        for expected in missed:
            self._miss(expected, claimed)

    def _rightly_nothing(self, expected: nodes.Expectation) -> bool:
        return isinstance(expected, nodes.ExpectNothing) and not self._concerned(expected)

    def _concerned(self, expected: nodes.Expectation) -> list[Decision]:
        """The news that an expectation is about; a rule that did not match leaves no trace, so it is asked."""
        news = self._news[expected.user.value]
        if isinstance(expected, nodes.ExpectNothing):
            return [decision for decision in news if not _is_idle(decision)]
        rule = expected.rule.value
        decisions = [decision for decision in news if decision.rule == rule]
        if decisions or self._event is None:
            return decisions
        answers = self._target.peek(self._script.identity(expected.user.value), self._event, rule)
        return [decision for decision in answers if decision.reason in _LEAVE_NO_TRACE]

    def _miss(self, expected: nodes.Expectation, claimed: set[bytes]) -> None:
        """Tell what happened instead: of the rule, else anything; as correct, what nothing else accounts for."""
        script, news = self._script, self._news[expected.user.value]
        happened = self._concerned(expected) or news
        left = [decision for decision in happened if decision.id not in claimed]
        if not isinstance(expected, nodes.ExpectNothing) and happened is not news:
            left = (left or happened)[:1]
        claimed.update(decision.id for decision in left)
        lines = correct_lines(script.source, expected, left, script.zone) if left or not news else ()
        self.outcome.misses.append(Miss(script.source, expected.span, tuple(happened), lines))


def _is_idle(decision: Decision) -> bool:
    """
    Whether a date of the calendar just passes a user by.

    Such dates are made for everybody, ahead of time and without a look at the condition.
    """
    if not decision.message_id.startswith(EVERY):
        return False
    return decision.verdict == Verdict.DEFER or decision.reason in _PASS_BY
