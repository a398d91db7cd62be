"""Hours of which quiet hours take a part."""

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


@lint(Severity.ADVICE, Group.QUIET, each=nodes.Between)
def hours_cut_by_quiet_hours(part: Part[nodes.Between], world: World, report: Report) -> None:
    """
    Quiet hours take away a part of the hours that a rule names.

    The rule says more than it does; whoever reads it expects a notification that does not come.

    Avoid:
        quiet 21:00 to 08:00 local
        when Product Sale where user saved product, between 18:00 and 23:00 local, max 1/day

    Prefer:
        quiet 21:00 to 08:00 local
        when Product Sale where user saved product, between 18:00 and 21:00 local, max 1/day
    """
    rule, node = part.rule, part.node
    long = (node.end.value - node.start.value) % DAY or DAY
    for quiet in quiet_of(world, rule) if rule else ():
        later, earlier = (quiet.hours.start - node.start.value) % DAY, (node.start.value - quiet.hours.start) % DAY
        if quiet.hours.zone == node.zone.value and (later < long or earlier < length(quiet.hours)):
            span = f"{clock(quiet.hours.start)} to {clock(quiet.hours.end)}"
            message = f"a part of these hours is quiet, from {span}"
            report(part.source, node.span, message, "name only hours in which the rule may send")
            return
