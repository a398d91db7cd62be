"""What is denied twice."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.logic.spelling import outer, raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.source import Source
from duly.syntax import nodes

_NOT = re.compile(r"\s+not\b")


@lint(Severity.ADVICE, Group.LOGIC, each=nodes.Not, fixable=True)
def double_negation(part: Part[nodes.Not], world: World, report: Report) -> None:
    """
    A `not` denies what is denied already.

    The two cancel each other, for what is unknown as well. Say it straight.

    Avoid:
        when Order Completed where not (user.country != "DE"), max 1/day

    Prefer:
        when Order Completed where user.country = "DE", max 1/day
    """
    text = _straight(part.source, part.node.term) if part.node.term.span != part.node.span else None
    if text is not None:
        message = f"{spelled(part.source, part.node.span)} is denied twice"
        edits = replaced(part.source, part.node.span, text)
        report(part.source, part.node.span, message, f"write `{' '.join(text.split())}`", edits)


def _straight(source: Source, term: nodes.Condition) -> str | None:
    """What a negative condition denies, None when it is not negative."""
    if isinstance(term, nodes.Comparison) and term.operator == "!=":
        between = source.text[term.left.span.end : term.right.span.start]
        sign = between.replace("!=", "=") if "!=" in between else _NOT.sub("", between)
        return (
            source.text[term.span.start : term.left.span.end]
            + sign
            + source.text[term.right.span.start : term.span.end]
        )
    if not isinstance(term, nodes.Not):
        return None
    inner = term.term
    if inner.span != term.span:
        around = outer(source, inner)
        return source.text[around.start : around.end]
    written = raw(source, inner)
    start = inner.value.span.end - inner.span.start if isinstance(inner, nodes.OneOf | nodes.Missing) else 0
    return written[:start] + _NOT.sub("", written[start:], count=1)
