"""Percentages that are more than the whole."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.NAMES, each=nodes.Percent)
def percent_above_hundred(part: Part[nodes.Percent], world: World, report: Report) -> None:
    """
    A percentage in a condition is more than the whole.

    Shares and discounts end at 100%; growth is better written as a factor.

    Avoid:
        when Product Sale where user saved product and discount >= 150%, max 1/day

    Prefer:
        when Product Sale where user saved product and discount >= 15%, max 1/day
    """
    if part.node.value > 1:
        written = part.source.text[part.node.span.start : part.node.span.end]
        message = f"`{written}` is more than the whole"
        report(part.source, part.node.span, message, "write a share, or a factor such as `1.5`")
