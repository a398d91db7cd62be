"""Outcomes and coverage for people: each failed expectation with its line, what happened instead, and the way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duly.engine.decision import Decision, Gate, Status, Verdict
from duly.engine.words import gate_sentence, sentence
from duly.report.findings import counted
from duly.report.full import Painter
from duly.report.visible import visible, width
from duly.testing.coverage import Coverage
from duly.testing.expectation import Miss
from duly.testing.run import Outcome

_RED, _GREEN, _BOLD = "31", "32", "1"
_VERDICTS = {Verdict.NOTIFY: "notified", Verdict.DEFER: "deferred", Verdict.SUPPRESS: "suppressed"}
_STATUSES = {Status.PASS: "pass", Status.FAIL: "fail", Status.WAIVED: "waived"}


def outcomes_text(outcomes: Sequence[Outcome], colours: bool = False) -> str:
    """The failed tests, an empty line after each, and how many passed."""
    paint = Painter(colours)
    blocks = [_failed(outcome, paint) for outcome in outcomes if not outcome.passed]
    return "\n".join([*blocks, _summary(outcomes, paint)])


def coverage_text(coverage: Coverage) -> str:
    """The points that were not reached and the share of those that were."""
    gaps = coverage.gaps()
    lines = [visible(f"{gap.location}: {gap.rule}: {gap.what}") + "\n" for gap in gaps]
    reached = f"{coverage.points - len(gaps):,} of {counted(coverage.points, 'point')}"
    return "".join([*lines, f"coverage: {coverage.percent:.1f}% ({reached})\n"])


def _summary(outcomes: Sequence[Outcome], paint: Painter) -> str:
    failed = sum(not outcome.passed for outcome in outcomes)
    expectations = counted(sum(outcome.expectations for outcome in outcomes), "expectation")
    text = f"{counted(len(outcomes), 'test')} with {expectations}: " + (
        f"{failed:,} failed" if failed else "all passed"
    )
    return paint(text, _RED if failed else _GREEN) + "\n"


def _failed(outcome: Outcome, paint: Painter) -> str:
    head = f"{outcome.source.location(outcome.span)}: test `{outcome.title}` {paint('failed', _RED)}"
    lines = [paint(visible(head), _BOLD) if outcome.error else visible(head)]
    lines += [f"  {visible(outcome.error)}"] if outcome.error else []
    for miss in outcome.misses:
        lines += ["", *_miss(miss, paint)]
    return "\n".join(lines) + "\n"


def _miss(miss: Miss, paint: Painter) -> Iterator[str]:
    place = miss.source.position(miss.span.start)
    line = miss.source.line(place.line)
    margin = " " * len(str(place.line))
    before = visible(line[: place.column - 1])
    yield f"{visible(miss.source.location(miss.span))}: this was expected and did not happen"
    yield f"{margin} |"
    yield f"{place.line} | {visible(line)}"
    yield f"{margin} | {' ' * width(before)}{paint('^' * _marked(miss, line, place.column), _RED)}"
    yield paint(f"{margin} - {visible(miss.expected)}", _RED)
    if not miss.correct:
        yield f"{margin} = nothing more than is expected already happened"
    for correct in miss.correct:
        yield paint(f"{margin} + {visible(correct)}", _GREEN)
    for decision in miss.happened:
        yield from (f"{margin} {part}" for part in _told(decision))


def _marked(miss: Miss, line: str, column: int) -> int:
    return max(1, min(miss.span.end - miss.span.start, len(line) - column + 1))


def _told(decision: Decision) -> Iterator[str]:
    """What a rule decided: its reason, then each gate that was reached."""
    verdict = _VERDICTS[Verdict(decision.verdict)]
    yield visible(f"= {decision.rule} {verdict} the user: {sentence(decision)}")
    for gate in Gate:
        status = Status(decision.statuses[gate])
        if status is not Status.NOT_REACHED:
            yield visible(f"  {gate.name.lower():<11} {_STATUSES[status]:<6} {gate_sentence(decision, gate)}".rstrip())
