"""Runs a test: moves the clock from step to step and compares what was decided with what was expected."""

from __future__ import annotations

from dataclasses import dataclass, field

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
        for expected in moment.expectations:
            self.outcome.expectations += 1
            self._compare(expected)

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
        return f"message-{self._messages}"

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
        return fresh[::-1]

    def _compare(self, expected: nodes.Expectation) -> None:
        name = expected.user.value
        news = self._news[name]
        if isinstance(expected, nodes.ExpectNothing):
            told = [decision for decision in news if not _is_idle(decision)]
            if told:
                self._miss(expected, told, told)
            return
        rule = expected.rule.value
        decisions = [decision for decision in news if decision.rule == rule] or self._asked(name, rule)
        if not any(holds(expected, decision, self._script.zone) for decision in decisions):
            self._miss(expected, decisions or news, decisions[-1:] or news)

    def _asked(self, name: str, rule: str) -> list[Decision]:
        """A rule that did not match leaves no trace, so it is asked."""
        if self._event is None:
            return []
        answers = self._target.peek(self._script.identity(name), self._event, rule)
        return [decision for decision in answers if decision.reason in _LEAVE_NO_TRACE]

    def _miss(self, expected: nodes.Expectation, happened: list[Decision], correct: list[Decision]) -> None:
        source = self._script.source
        lines = correct_lines(source, expected, correct, self._script.zone)
        self.outcome.misses.append(Miss(source, expected.span, tuple(happened), lines))


def _is_idle(decision: Decision) -> bool:
    """
    Whether a date of the calendar just passes a user by.

    Such dates are made for everybody, ahead of time and without a look at the condition.
    """
    if not decision.message_id.startswith(EVERY):
        return False
    return decision.verdict == Verdict.DEFER or decision.reason in _PASS_BY
