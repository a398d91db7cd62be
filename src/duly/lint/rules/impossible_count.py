"""Counts that no number can be, or every one is."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.atoms import SWAPPED
from duly.lint.logic.ranges import LENGTHS
from duly.lint.logic.spelling import spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.LOGIC, each=nodes.Comparison)
def impossible_count(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A count is compared with a number that it always reaches or never has.

    How often something happened is a whole number, and never less than none.

    Avoid:
        when Order Completed where count of Order Cancelled in last 30 days < 0, max 1/day

    Prefer:
        when Order Completed where count of Order Cancelled in last 30 days = 0, max 1/day
    """
    for value, operator, other in sides(part.node):
        if isinstance(value, nodes.Count) and isinstance(other, nodes.Number | nodes.Percent):
            possible = LENGTHS.compared(operator, other.value)
            if possible in ((), LENGTHS.full):
                truth = "always" if possible else "never"
                message = f"{spelled(part.source, part.node.span)} is {truth} true: a count is 0 or more, and whole"
                report(part.source, part.node.span, message, "compare with a number that tells users apart")


def sides(node: nodes.Comparison) -> tuple[tuple[nodes.Value, str, nodes.Value], ...]:
    """The comparison read from both ends."""
    return ((node.left, node.operator, node.right), (node.right, SWAPPED[node.operator], node.left))
