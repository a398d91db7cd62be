"""Times that are the first minute of a day."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TIME, each=nodes.At)
def sends_at_midnight(part: Part[nodes.At], world: World, report: Report) -> None:
    """
    A rule sends at 00:00, the first minute of a day, where the end of one may be meant.

    Days of the week and dates are judged on the day that begins, and a calendar cap is fresh.

    Avoid:
        when Product Sale where user saved product, at 00:00 local, max 1/day

    Prefer:
        when Product Sale where user saved product, at 20:00 local, max 1/day
    """
    if part.node.time.value == 0:
        report(
            part.source,
            part.node.span,
            "00:00 is when the day begins, not when it ends",
            "name a time of the day meant",
        )
