"""Quiet hours that leave only the night."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    clock,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY, HOUR
from duly.syntax import nodes


@lint(Severity.WARNING, Group.QUIET, each=nodes.Quiet)
def quiet_by_day(part: Part[nodes.Quiet], world: World, report: Report) -> None:
    """
    Quiet hours cover the whole working day and leave the night: start and end are probably swapped.

    Hours whose end comes before their start cross midnight, so that `22:00 to 08:00` is a night.

    Avoid:
        quiet 08:00 to 22:00 local

    Prefer:
        quiet 22:00 to 08:00 local
    """
    start, end = part.node.start.value, part.node.end.value
    if 0 < start <= 10 * HOUR and end >= 17 * HOUR and start < end < DAY:
        message = f"this is quiet by day and loud by night, from {clock(end)} to {clock(start)}"
        report(part.source, part.node.span, message, f"write `quiet {clock(end)} to {clock(start)}` if that is meant")
