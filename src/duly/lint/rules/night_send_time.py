"""Times at which people sleep."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import transactional
from duly.lint.hours import (
    clock,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import HOUR
from duly.syntax import nodes


@lint(Severity.WARNING, Group.QUIET, each=nodes.At)
def night_send_time(part: Part[nodes.At], world: World, report: Report) -> None:
    """
    A rule sends at a local time at which most people sleep, between 23:00 and 06:00.

    Rules of transactional categories may.

    Avoid:
        when Product Sale where user saved product, at 23:30 local, max 1/day

    Prefer:
        when Product Sale where user saved product, at 18:00 local, max 1/day
    """
    time = part.node.time.value
    if 6 * HOUR <= time < 23 * HOUR or part.rule is None or part.node.zone.value is not None:
        return
    if not transactional(world, part.rule):
        report(part.source, part.node.span, f"most people sleep at {clock(time)}", "choose a time of the day")
