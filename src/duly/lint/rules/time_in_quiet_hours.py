"""Times of day that quiet hours silence."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    clock,
    length,
    quiet_of,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.WARNING, Group.QUIET, each=nodes.At)
def time_in_quiet_hours(part: Part[nodes.At], world: World, report: Report) -> None:
    """
    A time of day lies in quiet hours.

    It opens nothing, or, when quiet hours end within its hour, sends later than it says.

    Avoid:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, at 07:30 local, max 1/day

    Prefer:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, at 08:30 local, max 1/day
    """
    time, zone = part.node.time.value, part.node.zone.value
    for quiet in quiet_of(world, part.rule) if part.rule else ():
        if quiet.hours.zone == zone and (time - quiet.hours.start) % DAY < length(quiet.hours):
            span = f"{clock(quiet.hours.start)} to {clock(quiet.hours.end)}"
            report(part.source, part.node.span, f"{clock(time)} is in the quiet hours from {span}", "move one of them")
            return
