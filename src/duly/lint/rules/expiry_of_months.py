"""Notifications that may be months old."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TIME, each=nodes.ExpiresAfter)
def expiry_of_months(part: Part[nodes.ExpiresAfter], world: World, report: Report) -> None:
    """
    A notification may be sent more than a month after what it tells of.

    After an outage, or a long wait for a free slot, people get news that is old.

    Avoid:
        when Product Sale where user saved product, at 18:00 local, max 1/day, expires after 90 days

    Prefer:
        when Product Sale where user saved product, at 18:00 local, max 1/day, expires after 2 days
    """
    rule = part.rule
    if rule is not None and rule.expiry.after > 31 * DAY + rule.timing.after:
        message = f"this may be sent {duration(rule.expiry.after)} after the event"
        report(part.source, part.node.span, message, "let it expire while it is news")
