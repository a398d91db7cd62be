"""Goals that nobody has the time for."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import MINUTE
from duly.syntax import nodes


@lint(Severity.WARNING, Group.EXPERIMENTS, each=nodes.Goal)
def goal_of_minutes(part: Part[nodes.Goal], world: World, report: Report) -> None:
    """
    A goal has to be reached within less than ten minutes of the notification.

    Most people see it later than that, so that the result is of those with the phone in their hand.

    Avoid:
        when Product Viewed, max 1/day, goal Order Completed within 5 minutes

    Prefer:
        when Product Viewed, max 1/day, goal Order Completed within 24 hours
    """
    if part.node.within.value < 10 * MINUTE:
        message = f"few people see a notification within {duration(part.node.within.value)}"
        report(part.source, part.node.within.span, message, "give them hours")
