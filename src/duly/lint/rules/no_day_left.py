"""Dates, seasons and days that have no day in common."""

from __future__ import annotations

from datetime import date, timedelta

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.ERROR, Group.TIME, each=model.Rule)
def no_day_left(rule: model.Rule, world: World, report: Report) -> None:
    """
    The dates, seasons and days of the week of a rule have no day in common, so that it never sends.

    Holidays and quiet hours are not looked at here.

    Avoid:
        when Product Sale where user saved product, from 2026-12-05 to 2026-12-06, on weekdays, max 1/day

    Prefer:
        when Product Sale where user saved product, from 2026-12-05 to 2026-12-08, on weekdays, max 1/day
    """
    timing = rule.timing
    if not timing.dates or not (timing.weekdays or timing.seasons) or not rule.timing.dates:
        return
    allowed = (
        start + timedelta(days=day) for start, end in timing.dates for day in range(min((end - start).days, 400) + 1)
    )
    if not any(_fits(timing, day) for day in allowed):
        report(rule.source, rule.span, "no date is left on which this could send", "widen the dates or the days")


def _fits(timing: model.Timing, day: date) -> bool:
    today = (day.month, day.day)
    in_season = not timing.seasons or any(
        season.start <= today <= season.end
        if season.start <= season.end
        else today >= season.start or today <= season.end
        for season in timing.seasons
    )
    return in_season and (not timing.weekdays or day.weekday() in timing.weekdays)
