"""Caps that the gap of the house never lets fill."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import gap_of, longest
from duly.lint.hours import (
    duration,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.FREQUENCY, each=model.Rule)
def cap_out_of_reach(rule: model.Rule, world: World, report: Report) -> None:
    """
    A cap allows more than fits between the gaps that the house demands.

    The gap is between any two notifications to one user, so that other rules take of it too.

    Avoid:
        gap 12 hours
        when Product Sale where user saved product, max 5/day

    Prefer:
        gap 12 hours
        when Product Sale where user saved product, max 2/day
    """
    gap = gap_of(world, rule) if world.rule_set.gaps else 0
    for cap in rule.caps if gap else ():
        fits = longest(cap.window) // gap + 1
        if cap.limit > fits:
            message = f"with a gap of {duration(gap)} no more than {fits} of these {cap.limit} can go out"
            report(rule.source, cap.span, message, "lower the cap, or the gap")
