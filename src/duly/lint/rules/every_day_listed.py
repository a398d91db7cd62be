"""Days of the week that leave none out."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.OnDays, fixable=True)
def every_day_listed(part: Part[nodes.OnDays], world: World, report: Report) -> None:
    """
    A rule lists all seven days of the week, which is the same as none.

    Take the clause out, or the day that was not meant.

    Avoid:
        when Product Sale where user saved product, on Mon, Tue, Wed, Thu, Fri, Sat, Sun, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    if len({day.value for day in part.node.days}) == 7:
        edit = without(part.source, part.node.span)
        report(part.source, part.node.span, "these are all days of the week", "take the clause out", (edit,))
