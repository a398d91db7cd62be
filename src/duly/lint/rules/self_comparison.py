"""Values compared with themselves."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.lint.rules.constant_comparison import is_literal
from duly.syntax import nodes


@lint(Severity.WARNING, Group.LOGIC, each=nodes.Comparison)
def self_comparison(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A value is compared with itself.

    The outcome is the same whenever the value is there. One side was meant to be another property, such as a trait
    of the same name.

    Avoid:
        when Order Completed where country = country, max 1/day

    Prefer:
        when Order Completed where country = user.country, max 1/day
    """
    node = part.node
    if node.left == node.right and not is_literal(node.left):
        message = f"{spelled(part.source, node.left.span)} is compared with itself"
        report(part.source, node.span, message, "name another property, or write `is not missing`")
