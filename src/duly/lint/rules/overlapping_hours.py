"""Hours of one rule that overlap."""

from __future__ import annotations

from itertools import combinations

from duly.diagnostics import Severity
from duly.lint.hours import (
    length,
    of_hours,
    united,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.TIME, each=model.Rule)
def overlapping_hours(rule: model.Rule, world: World, report: Report) -> None:
    """
    Two stretches of hours in one rule overlap or touch, and could be one.

    Several stretches are a union; two of them with an overlap look like a mistake in one of the ends.

    Avoid:
        when Order Completed, between 09:00 and 13:00 local, between 12:00 and 18:00 local, max 1/day

    Prefer:
        when Order Completed, between 09:00 and 18:00 local, max 1/day
    """
    if len(rule.timing.between) > 1:
        for one, other in combinations(rule.timing.between, 2):
            whole = united([*of_hours(one), *of_hours(other)])
            if one.zone == other.zone and sum(b - a for a, b in whole) < 7 * (length(one) + length(other)):
                report(rule.source, other.span, "these hours overlap others of this rule", "write them as one stretch")
