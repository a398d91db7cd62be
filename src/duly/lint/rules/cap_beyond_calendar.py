"""Caps that allow more than the calendar starts."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import longest
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.model import WEEK


@lint(Severity.WARNING, Group.FREQUENCY, each=model.Rule)
def cap_beyond_calendar(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule that the calendar starts has a cap above the number of its days.

    A cap that says how often the rule really comes protects against a change of its days.

    Avoid:
        every Monday where user opted in to default, at 10:00 local, max 3/week

    Prefer:
        every Monday where user opted in to default, at 10:00 local, max 1/week
    """
    trigger = rule.trigger
    if not isinstance(trigger, model.CalendarTrigger):
        return
    per_week = len(trigger.weekdays) or 7
    for cap in rule.caps:
        weeks = -(-longest(cap.window) // WEEK) + 1
        fits = per_week * (1 if cap.window == model.Calendar("week") else weeks)
        if trigger.month_day:
            fits = 1 if cap.window == model.Calendar("month") else weeks
        if cap.window == model.Calendar("day"):
            fits = 1
        if cap.limit > fits:
            message = f"the calendar starts this no more than {fits} times in that period"
            report(rule.source, cap.span, message, f"write `max {fits}`")
