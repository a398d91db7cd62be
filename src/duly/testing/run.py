"""Runs a test: moves the clock from step to step and compares what was decided with what was expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from duly.engine.decision import Decision, Standing, Verdict
from duly.engine.event import Event, known
from duly.engine.words import local_time, sentence
from duly.source import Source, Span
from duly.syntax import nodes
from duly.testing import script as scripts
from duly.testing.script import Script
from duly.testing.target import Target

_GRANTED = (Standing.RESERVED, Standing.COMMITTED, Standing.LEASED, Standing.SENT)
_SILENT = ("no-match", "unknown")


@dataclass(frozen=True, slots=True)
class Miss:
    """An expectation that did not hold: what stands there, what happened, and a line that would have held."""

    source: Source
    span: Span
    expected: str
    happened: str
    correct: str


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


@dataclass(slots=True)
class Run:
    """One test under way."""

    source: Source
    script: Script
    target: Target
    outcome: Outcome
    seen: dict[str, dict[bytes, tuple[object, ...]]] = field(default_factory=dict)
    news: dict[str, list[Decision]] = field(default_factory=dict)
    last_event: Event | None = None
    messages: int = 0


def run_test(source: Source, test: nodes.Test, target: Callable[[Script], Target]) -> Outcome:
    """Run one test against a target made for it."""
    script = scripts.script(test)
    outcome = Outcome(script.title, source, test.span)
    run = Run(source, script, target(script), outcome)
    if script.moments:
        run.target.advance(script.moments[0].time)
        for number, user in enumerate(script.users):
            run.target.ingest(scripts.arrival(script, user, number, script.moments[0].time))
    _look(run)
    for moment in script.moments:
        run.target.advance(moment.time)
        _act(run, moment)
        _look(run)
        for expected in moment.expectations:
            outcome.expectations += 1
            _compare(run, expected)
    return outcome


# --- acting -----------------------------------------------------------------------------------------------------------


def _act(run: Run, moment: scripts.Moment) -> None:
    action, now = moment.step.action, moment.time
    user = run.script.id(moment.step.user.value) if moment.step.user is not None else ""
    run.messages += 1
    message = f"step-{run.messages}"
    if isinstance(action, nodes.Track):
        run.last_event = scripts.tracked(action, user, message, now, run.script.zone)
        run.target.ingest(run.last_event)
    elif isinstance(action, nodes.Traits):
        run.target.ingest(scripts.identify(user, message, scripts.properties(action.settings), now))
    elif isinstance(action, nodes.Subscribed | nodes.Unsubscribed):
        run.target.ingest(scripts.identify(user, message, {"subscriptions": scripts.spoken(action)}, now))
    elif isinstance(action, nodes.Becomes):
        run.target.ingest(Event(message, "alias", "", run.script.id(action.user.value), "", now, now, {}, previous_id=user))
    elif isinstance(action, nodes.Outcome):
        _report(run, user, action)
    elif isinstance(action, nodes.Snooze):
        until = scripts.instant(action.until, run.script.zone)
        category = "" if action.category is None else action.category.value
        run.target.prefer(known(user), {"snooze": {category: until}})
    elif isinstance(action, nodes.Mute):
        run.target.prefer(known(user), {"muted": [f'"{action.key.value}"']})


def _report(run: Run, user: str, action: nodes.Outcome) -> None:
    for decision in run.target.decisions(known(user)):
        if decision.rule == action.rule.value and decision.standing in _GRANTED:
            run.target.report(decision.id, action.outcome)
            return


# --- looking ----------------------------------------------------------------------------------------------------------


def _look(run: Run) -> None:
    """Note which verdicts are new since the last look."""
    for name in run.script.names:
        before = run.seen.setdefault(name, {})
        fresh = []
        for decision in run.target.decisions(run.script.identity(name)):
            state = (decision.verdict, decision.reason, decision.due, decision.standing in _GRANTED)
            if before.get(decision.id) != state:
                before[decision.id] = state
                fresh.append(decision)
        run.news[name] = list(reversed(fresh))


def _compare(run: Run, expected: nodes.Expectation) -> None:
    name = expected.user.value
    news = run.news.get(name, [])
    if isinstance(expected, nodes.ExpectNothing):
        if news:
            _miss(run, expected, news)
        return
    of_rule = [decision for decision in news if decision.rule == expected.rule.value]
    if isinstance(expected, nodes.ExpectSuppress) and expected.reason.value in _SILENT and not of_rule:
        of_rule = _silent(run, name, expected.rule.value)
    if not any(_holds(run, expected, decision) for decision in of_rule):
        _miss(run, expected, of_rule)


def _silent(run: Run, name: str, rule: str) -> list[Decision]:
    """A rule that did not match leaves no trace, so it is asked."""
    return [] if run.last_event is None else run.target.peek(run.script.identity(name), run.last_event, rule)


def _holds(run: Run, expected: nodes.Expectation, decision: Decision) -> bool:
    local = run.script.zone
    if isinstance(expected, nodes.ExpectNotify):
        return decision.verdict == Verdict.NOTIFY and _says(expected, decision)
    if isinstance(expected, nodes.ExpectDefer):
        return decision.verdict == Verdict.DEFER and decision.due == scripts.instant(expected.until, local)
    if isinstance(expected, nodes.ExpectSuppress):
        until = expected.until
        return (
            decision.verdict == Verdict.SUPPRESS
            and decision.reason == expected.reason.value
            and (until is None or decision.next == scripts.instant(until, local))
        )
    return False


def _says(expected: nodes.ExpectNotify, decision: Decision) -> bool:
    pairs = (
        (expected.variant, decision.variant),
        (expected.title, decision.title),
        (expected.body, decision.body),
        (expected.link, decision.link),
    )
    return all(wanted is None or wanted.value == said for wanted, said in pairs)


# --- telling ----------------------------------------------------------------------------------------------------------


def _miss(run: Run, expected: nodes.Expectation, decisions: list[Decision]) -> None:
    text = run.source.text[expected.span.start : expected.span.end]
    name = expected.user.value
    lines = [_line(run, name, decision, expected) for decision in decisions] or [f"expect {name}: nothing"]
    happened = "; ".join(f"{line.removeprefix(f'expect {name}: ')} ({sentence(decision)})" for line, decision in zip(lines, decisions, strict=False))
    run.outcome.misses.append(Miss(run.source, expected.span, " ".join(text.split()), happened or "nothing", lines[-1]))


def _line(run: Run, name: str, decision: Decision, expected: nodes.Expectation) -> str:
    """The expectation that this decision would have met, in the words of the language."""
    start = f"expect {name}:"
    if decision.verdict == Verdict.NOTIFY:
        line = f"{start} notify {decision.rule}"
        if isinstance(expected, nodes.ExpectNotify):
            line += _said(expected, decision)
        return line
    if decision.verdict == Verdict.DEFER:
        return f"{start} defer {decision.rule} until {_wall(run, decision.due)}"
    line = f"{start} suppress {decision.rule} because {decision.reason}"
    if isinstance(expected, nodes.ExpectSuppress) and expected.until is not None and decision.next:
        line += f" until {_wall(run, decision.next)}"
    return line


def _said(expected: nodes.ExpectNotify, decision: Decision) -> str:
    parts = [f" variant {decision.variant}"] if expected.variant is not None else []
    for word, wanted, said in (
        ("title", expected.title, decision.title),
        ("body", expected.body, decision.body),
        ("link", expected.link, decision.link),
    ):
        if wanted is not None:
            parts.append(f' {word} "{said}"')
    return "".join(parts)


def _wall(run: Run, time: int) -> str:
    return local_time(time, run.script.zone.name).split(" in ")[0]
