"""Comparisons of today with a day that is over."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.Comparison)
def past_date_in_condition(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A condition compares today with a date in the past, and so will never change again.

    Dates of a rule are better written as `from 2026-12-01 to 2026-12-24`.

    Avoid:
        when Product Sale where user saved product and today < 2025-01-01, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    left, right = part.node.left, part.node.right
    if type(right) is nodes.Date and type(left) is nodes.Moment and right.value < world.today:
        message = f"{right.value} is over, so that this is always the same"
        report(part.source, part.node.span, message, "take it out, or write a date to come")
