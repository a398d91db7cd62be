"""Ranges in two clauses."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import outer, raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.LOGIC, each=nodes.And, fixable=True)
def split_range(part: Part[nodes.And], world: World, report: Report) -> None:
    """
    Both ends of a range are compared in clauses of their own.

    `between` includes both ends and is read as one thing.

    Avoid:
        when Order Completed where total >= 50 and total <= 100, max 1/day

    Prefer:
        when Order Completed where total between 50 and 100, max 1/day
    """
    for one, other in zip(part.node.terms, part.node.terms[1:], strict=False):
        low, high = _end(one, ">=") or _end(other, ">="), _end(one, "<=") or _end(other, "<=")
        if low is None or high is None or low[0] != high[0] or low[1].value >= high[1].value:
            continue
        span = Span(outer(part.source, one).start, outer(part.source, other).end)
        text = f"{raw(part.source, low[0])} between {raw(part.source, low[1])} and {raw(part.source, high[1])}"
        edits = replaced(part.source, span, text)
        report(part.source, span, f"{spelled(part.source, span)} is a range", f"write `{text}`", edits)


def _end(term: nodes.Condition, operator: str) -> tuple[nodes.Path, nodes.Number | nodes.Percent] | None:
    """The property and the number of one end of a range."""
    if not isinstance(term, nodes.Comparison) or term.operator != operator:
        return None
    if isinstance(term.left, nodes.Path) and isinstance(term.right, nodes.Number | nodes.Percent):
        return term.left, term.right
    return None
