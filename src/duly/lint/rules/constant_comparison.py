"""Comparisons of literals."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes

LITERALS = (
    nodes.Number,
    nodes.Percent,
    nodes.Text,
    nodes.Truth,
    nodes.Time,
    nodes.Date,
    nodes.Duration,
    nodes.Weekday,
)


@lint(Severity.WARNING, Group.LOGIC, each=nodes.Comparison)
def constant_comparison(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A comparison of two literals has the same outcome for everybody.

    It is left over from a trial, or one side was meant to be a property.

    Avoid:
        when Order Completed where total > 50 and 20 > 10, max 1/day

    Prefer:
        when Order Completed where total > 50 and items > 10, max 1/day
    """
    if is_literal(part.node.left) and is_literal(part.node.right):
        message = f"{spelled(part.source, part.node.span)} does not depend on the event or the user"
        report(part.source, part.node.span, message, "compare a property, or leave it out")


def is_literal(value: nodes.Value) -> bool:
    """Whether a value is made of literals alone."""
    if isinstance(value, nodes.Arithmetic):
        return is_literal(value.left) and is_literal(value.right)
    return isinstance(value, LITERALS) or (isinstance(value, nodes.Negative) and is_literal(value.value))
