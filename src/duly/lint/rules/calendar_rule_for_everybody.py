"""Calendar rules that leave nobody out."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.AUDIENCE, each=model.Rule)
def calendar_rule_for_everybody(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule that the calendar starts has no condition: it goes to every user there is.

    Also to those who came once, years ago.

    Avoid:
        every Monday, at 10:00 local, max 1/week

    Prefer:
        segment regulars: count of Order Completed in last 90 days >= 3
        every Monday where user in regulars, at 10:00 local, max 1/week
    """
    if rule.where is None and isinstance(rule.trigger, model.CalendarTrigger):
        category = world.rule_set.categories.get(rule.category)
        if category is None or not category.opt_in:
            message = f"`{rule.name}` goes to every user there is"
            report(rule.source, rule.trigger.span, message, "say who is meant, such as `where user in regulars`")
