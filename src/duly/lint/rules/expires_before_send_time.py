"""Expiries that rule out most hours of the day."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    days_that_fit,
    duration,
    longest_wait,
    scheduled,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.ExpiresAfter)
def expires_before_send_time(part: Part[nodes.ExpiresAfter], world: World, report: Report) -> None:
    """
    A rule sends at a time of day and expires before that time comes round again.

    For part of the events there is never a moment to send: with `at 18:00 local` and two hours, only those between
    16:00 and 19:00 count.

    Avoid:
        when Product Sale where user saved product, at 18:00 local, max 1/day, expires after 2 hours

    Prefer:
        when Product Sale where user saved product, at 18:00 local, max 1/day, expires after 24 hours
    """
    rule = part.rule
    if rule is None or not rule.timing.at or isinstance(rule.trigger, model.CalendarTrigger):
        return
    if rule.timing.passed.kind == "drop" or rule.timing.dates or rule.timing.seasons:
        return
    wait = longest_wait(scheduled(rule.timing))
    if scheduled(rule.timing) and rule.expiry.after - rule.timing.after < wait:
        message = f"the next permitted time can be {duration(wait)} away, and this expires before"
        hint = f"write `expires after {days_that_fit(wait + rule.timing.after)}` or longer"
        report(part.source, part.node.span, message, hint)
