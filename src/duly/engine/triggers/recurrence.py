"""
`every day`, `every Monday`, `every month on the 1st`: a notification for every user and date.

A date begins at other instants for other people, from UTC+14 to UTC-12. Its occurrences are made ahead of the first of
these, for all users, and wait without their condition being tested until they are due.
"""

from __future__ import annotations

from collections.abc import Iterator

from duly.engine.candidate import decided
from duly.engine.event import TRACK, Event
from duly.engine.frequency import earliest, usage
from duly.engine.history import StoredHistory
from duly.engine.local import local_zone
from duly.engine.merge import instance_of
from duly.engine.triggers.occurrence import base_of, falls_on, message_of
from duly.engine.triggers.work import Work
from duly.meaning.model import DAY, HOUR, CalendarTrigger
from duly.planning.plan import RulePlan
from duly.timing.zone import zone

_EASTERNMOST = 14 * HOUR
_WESTERNMOST = 12 * HOUR
_LEAD = 2 * HOUR
"""How long before anybody's midnight the occurrences of a date are begun."""


def newest_date(now: int) -> int:
    """The last date, in days since 1970-01-01, whose occurrences are begun at an instant."""
    return (now + _EASTERNMOST + _LEAD) // DAY


def next_beginning(now: int) -> int:
    """The instant after `now` at which the occurrences of another date are to be begun."""
    return (newest_date(now) + 1) * DAY - _EASTERNMOST - _LEAD


def begun_dates(rule: RulePlan, last: int, now: int) -> Iterator[int]:
    """The dates after `last` whose occurrences are to be begun and can still be of use to somebody."""
    oldest = max((now - rule.expiry - _WESTERNMOST) // DAY, (rule.since - _WESTERNMOST) // DAY, last + 1)
    return (day for day in range(oldest, newest_date(now) + 1) if _falls_on(rule, day))


def enrol(work: Work, identity: str) -> None:
    """Give a new user the dates that have been begun without them, from their own today on."""
    for rule in work.plan.recurring:
        named = rule.schedule.zone
        where = local_zone(work.plan, work.session.user(identity)).zone if named is None else zone(named)
        for day in range(where.wall(work.now) // DAY, newest_date(work.now) + 1):
            if _falls_on(rule, day):
                occur(work, identity, rule, day)


def occur(work: Work, identity: str, rule: RulePlan, day: int) -> None:
    """Make one user's occurrence of a date, unless there is one, or its time was over before the rule was in force."""
    user = work.session.user(identity)
    base = None if user.merged_into else base_of(work.plan, rule, user, day)
    if base is None or base + rule.expiry <= work.now:
        return
    names = (rule.name, *rule.rule.was)
    messages = [message_of(name, day) for name in names]
    if any(decided(instance_of(work.session, identity, message), rule) for message in messages):
        return
    event = Event(messages[0], TRACK, "calendar", "", "", base, work.now, {})
    candidate = work.candidate(identity, event, rule)
    choice = local_zone(work.plan, user)
    if base < rule.since:
        past = StoredHistory(work.session, work.plan, identity, work.since)
        used = usage(rule, candidate.thing, user, [])
        solution = earliest(rule, candidate.time, candidate.expires, user, used, choice, work.now, past)
        if solution.opened < rule.since:
            return
    work.queue(identity, [candidate])


def _falls_on(rule: RulePlan, day: int) -> bool:
    trigger = rule.rule.trigger
    return isinstance(trigger, CalendarTrigger) and falls_on(trigger, day)
