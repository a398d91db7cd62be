"""Seasons that consist of 29 February."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.EveryYear)
def only_in_leap_years(part: Part[nodes.EveryYear], world: World, report: Report) -> None:
    """
    A yearly season consists of 29 February alone, which comes once in four years.

    For three years nothing is sent, and nobody remembers why.

    Avoid:
        when Product Sale where user saved product, every year from Feb 29 to Feb 29, max 1/day

    Prefer:
        when Product Sale where user saved product, every year from Feb 28 to Mar 1, max 1/day
    """
    ends = {(end.month, end.day) for end in (part.node.start, part.node.end)}
    if ends == {(2, 29)}:
        report(part.source, part.node.span, "29 February comes once in four years", "let the season span several days")
