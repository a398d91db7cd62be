"""Days on which nothing is sent, and an expiry nobody chose."""

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
from duly.source import NOWHERE
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=nodes.OnDays)
def default_expiry_too_short(part: Part[nodes.OnDays], world: World, report: Report) -> None:
    """
    A rule sends on some days of the week only, and its notifications expire in between after the default of one day.

    What happens on Friday evening is then not told on Monday, but never.

    Avoid:
        when Product Sale where user saved product, at 18:00 local, on weekdays, max 1/day

    Prefer:
        when Product Sale where user saved product, at 18:00 local, on weekdays, max 1/day, expires after 3 days
    """
    rule = part.rule
    if rule is None or isinstance(rule.trigger, model.CalendarTrigger) or rule.expiry.span != NOWHERE:
        return
    wait = longest_wait(scheduled(rule.timing))
    if rule.timing.after + wait > rule.expiry.after and rule.timing.passed.kind != "drop":
        message = f"the next permitted time can be {duration(wait)} away, and notifications expire after a day"
        hint = f"add `expires after {days_that_fit(wait + rule.timing.after)}`"
        report(part.source, part.node.span, message, hint)
