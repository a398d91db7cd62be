"""Limits that a stricter one makes needless."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import most
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.FREQUENCY, each=Checked)
def limit_looser_than_total(checked: Checked, world: World, report: Report) -> None:
    """
    A limit for a category or channel allows at least as much as the limit over everything.

    It is never what stops a notification.

    Avoid:
        category deals "Deals": opt out
        limit total 3/day
        limit offers 5/day in category deals

    Prefer:
        category deals "Deals": opt out
        limit total 3/day
        limit offers 1/day in category deals
    """
    limits = checked.rule_set.limits
    whole = [limit for limit in limits if limit.category is None and limit.channel is None]
    for part in world.once(written_parts).get(nodes.Limit, ()) if whole else ():
        own = next((limit for limit in limits if limit.name == part.node.name.value), None)
        for total in whole if own and own not in whole else ():
            if own and most(total.limit, total.window, own.window) <= own.limit:
                message = f"the limit `{total.name}` is at least as strict"
                report(part.source, part.node.rate.span, message, "lower this limit, or take it out")
