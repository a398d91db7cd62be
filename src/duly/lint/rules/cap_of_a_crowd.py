"""Caps so high that they protect nobody."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import most, transactional
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.FREQUENCY, each=model.Rule)
def cap_of_a_crowd(rule: model.Rule, world: World, report: Report) -> None:
    """
    The caps of a rule allow more than twenty notifications a day to one person.

    That protects nobody from an event that repeats. Rules of transactional categories may.

    Avoid:
        when Product Sale where user saved product, max 100/day

    Prefer:
        when Product Sale where user saved product, max 2/day
    """
    caps = [cap for cap in rule.caps if not cap.per_product]
    if caps and min(cap.limit for cap in caps) > 20 and not transactional(world, rule):
        daily = min(most(cap.limit, cap.window, _DAY) for cap in caps)
        if daily > 20:
            message = f"this allows {daily} notifications a day to one person"
            report(rule.source, caps[0].span, message, "write a cap such as `max 2/day`")


_DAY = model.Calendar("day")
