"""Whether a decision is what was expected, and the line that would have expected it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from duly.engine.decision import Decision, Verdict
from duly.engine.words import local_time
from duly.meaning.model import MINUTE
from duly.source import Source, Span
from duly.syntax import nodes
from duly.testing.script import instant
from duly.timing.zone import Zone


@dataclass(frozen=True, slots=True)
class Miss:
    """
    An expectation that did not hold: where it stands, what happened instead, and the lines that would have held.

    There are no such lines when other expectations account for everything that happened.
    """

    source: Source
    span: Span
    happened: tuple[Decision, ...]
    correct: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The expectation as it is written, on one line."""
        return " ".join(self.source.text[self.span.start : self.span.end].split())


def holds(expected: nodes.Expectation, decision: Decision, local: Zone) -> bool:
    """Whether a decision of the rule in question meets an expectation. Times are compared to the minute."""
    if isinstance(expected, nodes.ExpectNotify):
        return decision.verdict == Verdict.NOTIFY and _says(expected, decision)
    if isinstance(expected, nodes.ExpectDefer):
        return decision.verdict == Verdict.DEFER and _at(decision.due, expected.until, local)
    if isinstance(expected, nodes.ExpectSuppress):
        suppressed = decision.verdict == Verdict.SUPPRESS and decision.reason == expected.reason.value
        return suppressed and (expected.until is None or _at(decision.next, expected.until, local))
    return False


def _at(time: int, written: nodes.Instant, local: Zone) -> bool:
    return time // MINUTE == instant(written, local) // MINUTE


def _says(expected: nodes.ExpectNotify, decision: Decision) -> bool:
    if expected.variant is not None and expected.variant.value != decision.variant:
        return False
    return all(wanted is None or wanted.value == said for _, wanted, said in _texts(expected, decision))


def _texts(expected: nodes.ExpectNotify, decision: Decision) -> tuple[tuple[str, nodes.Text | None, str], ...]:
    return (
        ("title", expected.title, decision.title),
        ("body", expected.body, decision.body),
        ("link", expected.link, decision.link),
    )


def correct_lines(
    source: Source, expected: nodes.Expectation, decisions: list[Decision], local: Zone
) -> tuple[str, ...]:
    """The expectations that these decisions would have met, in the words of the language."""
    start = f"expect {source.text[expected.user.span.start : expected.user.span.end]}:"
    lines = [f"{start} {_outcome(expected, decision, local)}" for decision in decisions]
    return tuple(dict.fromkeys(lines)) or (f"{start} nothing",)


def _outcome(expected: nodes.Expectation, decision: Decision, local: Zone) -> str:
    if decision.verdict == Verdict.NOTIFY:
        said = _said(expected, decision) if isinstance(expected, nodes.ExpectNotify) else ""
        return f"notify {decision.rule}{said}"
    if decision.verdict == Verdict.DEFER:
        return f"defer {decision.rule} until {_minute(decision.due, local)}"
    line = f"suppress {decision.rule} because {decision.reason}"
    timed = isinstance(expected, nodes.ExpectSuppress) and expected.until is not None and decision.next
    return f"{line} until {_minute(decision.next, local)}" if timed else line


def _said(expected: nodes.ExpectNotify, decision: Decision) -> str:
    """The variant and those texts that were asked for."""
    variant = f" variant {decision.variant}" if expected.variant is not None and decision.variant else ""
    texts = [(word, said) for word, wanted, said in _texts(expected, decision) if wanted is not None]
    return variant + "".join(f" {word} {json.dumps(said, ensure_ascii=False)}" for word, said in texts)


def _minute(time: int, local: Zone) -> str:
    return local_time(time // MINUTE * MINUTE, local.name).split(" in ")[0]
