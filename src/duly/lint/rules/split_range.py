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
        low, high = (one, other) if _is(one, ">=") else (other, one)
        if not (_is(low, ">=") and _is(high, "<=")) or low.left != high.left:  # type: ignore[union-attr]
            continue
        if low.right.value < high.right.value:  # type: ignore[union-attr]
            span = Span(outer(part.source, one).start, outer(part.source, other).end)
            ends = f"{raw(part.source, low.right)} and {raw(part.source, high.right)}"  # type: ignore[union-attr]
            text = f"{raw(part.source, low.left)} between {ends}"  # type: ignore[union-attr]
            edits = replaced(part.source, span, text)
            report(part.source, span, f"{spelled(part.source, span)} is a range", f"write `{text}`", edits)


def _is(term: nodes.Condition, operator: str) -> bool:
    return (
        isinstance(term, nodes.Comparison)
        and term.operator == operator
        and isinstance(term.left, nodes.Path)
        and isinstance(term.right, nodes.Number | nodes.Percent)
    )
