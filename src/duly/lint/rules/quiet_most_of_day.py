"""Quiet hours that leave little."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY, HOUR
from duly.syntax import nodes


@lint(Severity.WARNING, Group.QUIET, each=nodes.Quiet)
def quiet_most_of_day(part: Part[nodes.Quiet], world: World, report: Report) -> None:
    """
    Quiet hours leave less than six hours of the day.

    Everything that happens in the others arrives at once when they end.

    Avoid:
        quiet 18:00 to 14:00 local

    Prefer:
        quiet 21:00 to 09:00 local
    """
    left = DAY - ((part.node.end.value - part.node.start.value) % DAY or DAY)
    if 0 < left < 6 * HOUR:
        report(part.source, part.node.span, f"this leaves {duration(left)} of the day", "make the quiet hours shorter")
