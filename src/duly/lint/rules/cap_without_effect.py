"""Caps that another cap of the rule makes needless."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without
from duly.lint.frequency import most
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.FREQUENCY, each=model.Rule, fixable=True)
def cap_without_effect(rule: model.Rule, world: World, report: Report) -> None:
    """
    A cap allows at least as much as another cap of the same rule, and so changes nothing.

    One a day is never more than seven a week.

    Avoid:
        when Product Sale where user saved product, max 1/day, max 10/week

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    if len(rule.caps) < 2:
        return
    for cap in rule.caps:
        for other in rule.caps:
            weaker = other is not cap and (cap.per_product or not other.per_product)
            if weaker and most(other.limit, other.window, cap.window) <= cap.limit:
                edit = without(rule.source, cap.span)
                message = "another cap of this rule is at least as strict"
                report(rule.source, cap.span, message, "take this one out, or make it stricter", (edit,))
                break
