"""Rules whose dates are all over."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=nodes.FromDate)
def expired_dates(part: Part[nodes.FromDate], world: World, report: Report) -> None:
    """
    The dates of a rule are all in the past, so that it never sends again.

    A rule that is over can be removed; its history stays in the log.

    Avoid:
        when Product Sale where user saved product, from 2025-11-24 to 2025-11-30, max 1/day

    Prefer:
        when Product Sale where user saved product, every year from Nov 24 to Nov 30, max 1/day
    """
    if part.rule is not None and all(end < world.today for _, end in part.rule.timing.dates):
        message = f"`{part.rule.name}` has not sent since {part.node.end.value} and never will"
        report(part.source, part.node.span, message, "remove the rule, or write `every year from … to …`")
