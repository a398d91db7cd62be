"""Counts that reach back very far."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.WARNING, Group.PERFORMANCE, each=Checked)
def long_window(checked: Checked, world: World, report: Report) -> None:
    """
    A count, sum or average reaches back more than 90 days.

    Every event in the window is kept for every user, and a new rule knows the answer only when its history is as old as
    that.

    Avoid:
        when Order Completed where count of Order Completed in last 365 days >= 10, max 1/month

    Prefer:
        when Order Completed where count of Order Completed in last 90 days >= 3, max 1/month
    """
    for kind in (nodes.Count, nodes.Aggregate):
        for part in world.once(written_parts).get(kind, ()):
            window = part.node.window
            if window is not None and window.value > 90 * DAY:
                message = f"this keeps the events of {duration(window.value)} for every user"
                report(part.source, window.span, message, "look back 90 days or less, or keep a total in a trait")
