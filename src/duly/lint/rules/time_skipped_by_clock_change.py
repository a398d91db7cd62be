"""Times of day that a spring night leaves out."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.clocks import changes_at
from duly.lint.hours import (
    clock,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.At)
def time_skipped_by_clock_change(part: Part[nodes.At], world: World, report: Report) -> None:
    """
    A time of day falls into the hour that a clock change takes away, somewhere within the next two years.

    On that date nobody's clock shows it there: the notification goes out later by what the clock was put forward.

    Avoid:
        when Product Sale where user saved product, at 02:30 local, max 1/day

    Prefer:
        when Product Sale where user saved product, at 18:00 local, max 1/day
    """
    found = [each for each in changes_at(part.node.time.value, part.node.zone.value, world.today) if each.skipped]
    if found:
        first, zones = found[0], len({each.zone for each in found})
        others = f" and {zones - 1} more zones" if zones > 1 else ""
        message = f"{clock(part.node.time.value)} does not exist on {first.day} in `{first.zone}`{others}"
        report(part.source, part.node.span, message, "choose a time that every day has, from 05:00 to 21:00")
