"""Counts that reach further than history is kept."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.ranges import MOST_EVENTS
from duly.lint.logic.spelling import spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.lint.rules.impossible_count import sides
from duly.syntax import nodes


@lint(Severity.ERROR, Group.LOGIC, each=nodes.Comparison)
def count_beyond_history(part: Part[nodes.Comparison], world: World, report: Report) -> None:
    """
    A count is compared with more events than are kept.

    Of one event a user's newest 1,000 are kept; a count that would need more is unknown, and the rule never fires
    because of it. Count in a shorter window, or let your application send the number as a trait.

    Avoid:
        when Product Viewed where count of Product Viewed in last 90 days >= 5_000, max 1/month

    Prefer:
        when Product Viewed where count of Product Viewed in last 7 days >= 300, max 1/month
    """
    for value, _, other in sides(part.node):
        if isinstance(value, nodes.Count) and isinstance(other, nodes.Number):
            kept = MOST_EVENTS * len(value.events.events)
            if other.value > kept:
                message = (
                    f"{spelled(part.source, other.span)} is more than the {kept:,} events that are kept for a user"
                )
                report(part.source, other.span, message, "count in a shorter window, or use a trait")
