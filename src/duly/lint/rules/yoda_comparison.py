"""Literals before what they are compared with."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.atoms import SWAPPED
from duly.lint.logic.spelling import raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.lint.rules.constant_comparison import is_literal
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.LOGIC, each=nodes.Comparison, fixable=True)
def yoda_comparison(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A literal stands on the left of a comparison.

    People say what they speak of first: the discount is at least 20%.

    Avoid:
        when Product Sale where user saved product and 20% <= discount, max 1/day

    Prefer:
        when Product Sale where user saved product and discount >= 20%, max 1/day
    """
    node = part.node
    if not is_literal(node.left) or is_literal(node.right):
        return
    text = part.source.text
    sides = raw(part.source, node.left), raw(part.source, node.right)
    if (
        sides[0] + sides[1] == text[node.span.start : node.span.end]
        or "(" in text[node.left.span.end : node.right.span.start]
    ):
        return
    turned = f"{sides[1]} {_sign(text[node.left.span.end : node.right.span.start], node.operator)} {sides[0]}"
    message = f"{spelled(part.source, node.span)} is the wrong way round"
    report(part.source, node.span, message, f"write `{turned}`", replaced(part.source, node.span, turned))


def _sign(between: str, operator: str) -> str:
    return SWAPPED[operator] if operator in between else " ".join(between.split())
