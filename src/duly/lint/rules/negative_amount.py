"""Amounts that would have to be less than nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.atoms import SWAPPED
from duly.lint.logic.spelling import spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes

_AMOUNTS = frozenset({"amount", "cost", "discount", "items", "price", "quantity", "revenue", "total"})


@lint(Severity.WARNING, Group.LOGIC, each=nodes.Comparison)
def negative_amount(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A price, a quantity or another amount is asked to be less than nothing.

    Such values are not negative where they are recorded as they should be, so that the comparison is the same for
    everybody. Most often it is the wrong way round.

    Avoid:
        when Product Sale where user saved product and discount < 0, max 1/day

    Prefer:
        when Product Sale where user saved product and discount > 0, max 1/day
    """
    node = part.node
    for value, operator, other in (
        (node.left, node.operator, node.right),
        (node.right, SWAPPED[node.operator], node.left),
    ):
        if not _is_amount(value) or not isinstance(other, nodes.Number | nodes.Percent):
            continue
        if other.value < 0 or (other.value == 0 and operator == "<"):
            message = f"{spelled(part.source, node.span)}: {spelled(part.source, value.span)} is hardly ever negative"
            report(part.source, node.span, message, "check the sign and the direction")


def _is_amount(value: nodes.Value) -> bool:
    return isinstance(value, nodes.Path) and value.parts[-1].rpartition("_")[2].lower() in _AMOUNTS
