"""Rules that wait for longer than they live."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ERROR, Group.TIME, each=nodes.After)
def expires_before_delay(part: Part[nodes.After], world: World, report: Report) -> None:
    """
    A rule waits `after` its event for as long as it lives or longer, and so never sends.

    Expiry counts from the event, and is a day unless the rule says otherwise.

    Avoid:
        when Order Completed, after 2 days, max 1/week

    Prefer:
        when Order Completed, after 2 days, max 1/week, expires after 4 days
    """
    rule = part.rule
    if rule is not None and rule.expiry.at is None and rule.timing.after >= rule.expiry.after:
        message = f"this waits {duration(rule.timing.after)}, and expires {duration(rule.expiry.after)} after the event"
        report(part.source, part.node.span, message, "add an `expires after` that is longer than the wait")
