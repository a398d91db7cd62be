"""Times of day with quiet hours close behind."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    clock,
    duration,
    grace,
    quiet_of,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.QUIET, each=nodes.At)
def grace_cut_by_quiet_hours(part: Part[nodes.At], world: World, report: Report) -> None:
    """
    Quiet hours begin within the hour for which a time of day is good.

    After a small delay the notification waits for the next day.

    Avoid:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, at 21:30 local, max 1/day

    Prefer:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, at 20:30 local, max 1/day
    """
    time = part.node.time.value
    for quiet in quiet_of(world, part.rule) if part.rule else ():
        left = (quiet.hours.start - time) % DAY
        if part.rule and quiet.hours.zone == part.node.zone.value and 0 < left < grace(part.rule.timing):
            message = f"quiet hours begin {duration(left)} after {clock(time)}"
            report(part.source, part.node.span, message, "leave an hour between the two")
            return
