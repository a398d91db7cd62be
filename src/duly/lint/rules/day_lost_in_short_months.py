"""Monthly rules on a day that not every month has."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.EveryMonth)
def day_lost_in_short_months(part: Part[nodes.EveryMonth], world: World, report: Report) -> None:
    """
    A monthly rule names a day that not every month has; months without it are left out.

    The last day of each month cannot be named; the 1st of the next is the nearest to it.

    Avoid:
        every month on the 31st where user opted in to default, at 10:00 local, max 1/month

    Prefer:
        every month on the 28th where user opted in to default, at 10:00 local, max 1/month
    """
    if part.node.day > 28:
        few = "February" if part.node.day < 31 else "five months"
        report(part.source, part.node.span, f"{few} may not have this day", "name a day from the 1st to the 28th")
