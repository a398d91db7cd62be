"""Counts over everything that ever was."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.PERFORMANCE, each=Checked)
def count_without_window(checked: Checked, world: World, report: Report) -> None:
    """
    A count, sum or average has no window: it is over everything that ever happened.

    Memory for each user is bounded. Beyond the bound the answer is unknown: the rule goes silent, for the most active
    users first.

    Avoid:
        when Order Completed where count of Order Completed >= 10, max 1/month

    Prefer:
        when Order Completed where count of Order Completed in last 90 days >= 10, max 1/month
    """
    for kind in (nodes.Count, nodes.Aggregate):
        for part in world.once(written_parts).get(kind, ()):
            edge = isinstance(part.node, nodes.Aggregate) and part.node.function in ("first", "last")
            if part.node.window is None and not edge:
                report(
                    part.source, part.node.span, "this counts everything that ever happened", "add `in last 90 days`"
                )
