"""The days on which the calendar starts a rule, each a message of its own for every user."""

from __future__ import annotations

from datetime import date

from duly.engine.local import local_zone
from duly.engine.state import User
from duly.meaning.model import DAY, CalendarTrigger
from duly.planning.plan import Plan, RulePlan
from duly.timing.zone import zone

_EPOCH = date(1970, 1, 1).toordinal()
_MONDAY = 3
"""The weekday of 1970-01-01, with Monday as 0."""


EVERY = "every:"


def falls_on(trigger: CalendarTrigger, day: int) -> bool:
    """Whether the calendar starts the rule on a local date, in days since 1970-01-01."""
    if trigger.month_day is not None:
        return date.fromordinal(_EPOCH + day).day == trigger.month_day
    return not trigger.weekdays or (day + _MONDAY) % 7 in trigger.weekdays


def message_of(rule: str, day: int) -> str:
    """The message id of what the calendar starts on a date."""
    return f"{EVERY}{rule}:{date.fromordinal(_EPOCH + day).isoformat()}"


def rule_of(message_id: str) -> str:
    """The rule in such a message id."""
    return message_id.removeprefix(EVERY).rpartition(":")[0]


def day_of(message_id: str) -> int:
    """The date in such a message id, in days since 1970-01-01."""
    return date.fromisoformat(message_id.rpartition(":")[2]).toordinal() - _EPOCH


def base_of(plan: Plan, rule: RulePlan, user: User, day: int) -> int | None:
    """The instant of the user's midnight, in the rule's own zone if it has one; None where the date never was."""
    named = rule.schedule.zone
    where = local_zone(plan, user).zone if named is None else zone(named)
    return where.resolve(day * DAY) if where.exists(day) else None
