"""Rules that their own event cancels."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    events_of,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.FREQUENCY, each=model.Rule)
def cancelled_by_trigger(rule: model.Rule, world: World, report: Report) -> None:
    """
    The event that starts a rule also cancels it.

    When it happens again before the notification is sent, the first is cancelled and the second takes its place; a user
    to whom it happens often enough never hears of it.

    Avoid:
        when Product Viewed, after 2 hours, max 1/day, unless Product Viewed

    Prefer:
        when Product Viewed, after 2 hours, max 1/day, unless Order Completed
    """
    for unless in rule.unless:
        both = set(unless.names).intersection(events_of(rule.trigger))
        if both:
            report(rule.source, unless.span, f"`{min(both)}` also starts this rule", "name what makes it needless")
