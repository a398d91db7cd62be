"""Times of day that are never past."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.IfPassed)
def grace_of_a_day(part: Part[nodes.IfPassed], world: World, report: Report) -> None:
    """
    A time of day may be passed by a whole day, so that the rule sends at any time.

    `if passed next day` is what waits for the time of the next day.

    Avoid:
        when Product Sale where user saved product, at 18:00 local, if passed within 24 hours, max 1/day

    Prefer:
        when Product Sale where user saved product, at 18:00 local, if passed within 2 hours, max 1/day
    """
    if part.node.duration is not None and part.node.duration.value >= DAY:
        message = "with this grace the time of day rules nothing out"
        report(part.source, part.node.span, message, "write a shorter time, or `if passed next day`")
