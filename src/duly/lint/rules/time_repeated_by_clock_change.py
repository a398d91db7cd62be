"""Times of day that an autumn night has twice."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.clocks import changes_at
from duly.lint.hours import (
    clock,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TIME, each=nodes.At)
def time_repeated_by_clock_change(part: Part[nodes.At], world: World, report: Report) -> None:
    """
    A time of day comes twice on the date of a clock change, somewhere within the next two years.

    The first of the two is meant; people who compare with their own clock may look at the second.

    Avoid:
        when Product Sale where user saved product, at 01:30 "America/New_York", max 1/day

    Prefer:
        when Product Sale where user saved product, at 09:30 "America/New_York", max 1/day
    """
    found = [each for each in changes_at(part.node.time.value, part.node.zone.value, world.today) if not each.skipped]
    if found:
        message = f"{clock(part.node.time.value)} comes twice on {found[0].day} in `{found[0].zone}`"
        report(part.source, part.node.span, message, "choose a time that comes once, from 05:00 to 21:00")
