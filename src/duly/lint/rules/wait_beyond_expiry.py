"""Waits for a free slot that outlast the notification."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.FREQUENCY, each=nodes.OrWait, fixable=True)
def wait_beyond_expiry(part: Part[nodes.OrWait], world: World, report: Report) -> None:
    """
    A rule waits longer for a free slot than its notifications live.

    They expire first. Without `expires after` they live for a day.

    Avoid:
        when Product Sale where user saved product, max 1/day, or wait 3 days, expires after 2 days

    Prefer:
        when Product Sale where user saved product, max 1/day, or wait 2 days, expires after 2 days
    """
    rule = part.rule
    if rule is not None and rule.wait and rule.expiry.at is None and rule.wait > rule.expiry.after:
        lives = duration(rule.expiry.after)
        edit = Edit(part.node.duration.span, lives)
        message = f"notifications expire after {lives}, before this wait is over"
        report(part.source, part.node.span, message, "let them live longer, or wait less", (edit,))
