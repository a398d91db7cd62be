"""Equality of numbers that were calculated."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.LOGIC, each=nodes.Comparison)
def float_equality(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A quotient, an average or a sum of money is compared for equality.

    Such numbers are rounded in the computer: 0.1 + 0.2 is not 0.3. Compare with `>=` or `<=`, or say how near is near
    enough.

    Avoid:
        when Order Completed where average of total over Order Completed in last 30 days = 20, max 1/day

    Prefer:
        when Order Completed where average of total over Order Completed in last 30 days >= 20, max 1/day
    """
    node = part.node
    if node.operator in ("=", "!=") and any(_is_rounded(*pair) for pair in _both(node)):
        message = f"{spelled(part.source, node.span)} compares a rounded number for equality"
        report(part.source, node.span, message, "use `>=`, `<=` or `between`")


def _both(node: nodes.Comparison) -> tuple[tuple[nodes.Value, nodes.Value], ...]:
    return ((node.left, node.right), (node.right, node.left))


def _is_rounded(value: nodes.Value, other: nodes.Value) -> bool:
    """Whether a value is calculated in a way that rounds; a sum is nothing exactly when there was nothing."""
    if isinstance(value, nodes.Aggregate):
        nothing = isinstance(other, nodes.Number) and other.value == 0
        return value.function == "average" or (value.function == "sum" and not nothing)
    if not isinstance(value, nodes.Arithmetic):
        return False
    return value.operator == "/" or any(_is_fraction(side) for side in (value.left, value.right, other))


def _is_fraction(value: nodes.Value) -> bool:
    return isinstance(value, nodes.Percent) or (isinstance(value, nodes.Number) and value.value != int(value.value))
