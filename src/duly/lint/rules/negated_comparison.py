"""Comparisons behind a `not`."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes

_OPPOSITE = {"=": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@lint(Severity.ADVICE, Group.LOGIC, each=nodes.Not, fixable=True)
def negated_comparison(part: Part[nodes.Not], world: World, report: Report) -> None:
    """
    A `not` stands before a comparison that has an opposite.

    Both are true of the same values, and both are unknown where a value is missing. The opposite is shorter, and nobody
    takes it for "or missing".

    Avoid:
        when Order Completed where not total > 50, max 1/day

    Prefer:
        when Order Completed where total <= 50, max 1/day
    """
    term = part.node.term
    if not isinstance(term, nodes.Comparison) or term.operator not in _OPPOSITE:
        return
    text = part.source.text
    between = text[term.left.span.end : term.right.span.start]
    sign = _opposite(between, term.operator)
    straight = text[term.span.start : term.left.span.end] + sign + text[term.right.span.start : term.span.end]
    message = f"{spelled(part.source, part.node.span)} is said more simply"
    edits = replaced(part.source, part.node.span, straight)
    report(part.source, part.node.span, message, f"write `{' '.join(straight.split())}`", edits)


def _opposite(between: str, operator: str) -> str:
    """The sign, with what stands around it, turned into its opposite."""
    if operator in between:
        return between.replace(operator, _OPPOSITE[operator], 1)
    return between.replace("is", "is not", 1)
