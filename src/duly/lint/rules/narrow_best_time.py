"""Best times with nothing to choose from."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY, HOUR
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.AtBestTime)
def narrow_best_time(part: Part[nodes.AtBestTime], world: World, report: Report) -> None:
    """
    The best time is to be found within less than two hours.

    Habits are known by the hour, so that there is nothing to choose from.

    Avoid:
        when Product Sale where user saved product, at best time between 18:00 and 19:00 local, max 1/day

    Prefer:
        when Product Sale where user saved product, at best time between 17:00 and 21:00 local, max 1/day
    """
    wide = (part.node.end.value - part.node.start.value) % DAY or DAY
    if wide < 2 * HOUR:
        message = f"{duration(wide)} leaves no best time to choose"
        report(part.source, part.node.span, message, "allow several hours, or write `at` and one time")
