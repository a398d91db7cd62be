"""The next instants at which a rule may send, asked of the same solver as the service asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from duly.meaning import model
from duly.planning.gates import quiet_of, schedule_of
from duly.timing.solve import HORIZON, solve
from duly.timing.window import Arc, Passed, Schedule
from duly.timing.zone import Zone, zone

COUNT = 5
USUAL_ZONES = ("America/New_York", "Europe/Berlin", "Asia/Tokyo")
_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday
_FARTHEST = 1_500  # days; long enough for every 29 February

Quiet = tuple[tuple[Arc, Zone], ...]


def upcoming(rule: model.Rule, rule_set: model.RuleSet, local: str, now: int) -> list[int]:
    """
    The next five instants from `now` (microseconds since the epoch) at which a user in the zone `local` could be
    notified, as far as the clock decides: for a rule that an event starts, the openings of its hours.

    None for a rule that may send at any time, and for holidays, which depend on the user's country.
    """
    schedule = schedule_of(rule.timing)
    own = zone(schedule.zone or local)
    category = rule_set.categories.get(rule.category, model.Category("default"))
    quiet = tuple(
        (each.arc, zone(each.zone) if each.zone is not None else zone(local))
        for each in quiet_of(rule, category, rule_set)
    )
    if isinstance(rule.trigger, model.CalendarTrigger):
        return _first(_occurrences(rule, rule.trigger, schedule, own, quiet, now))
    if schedule.anytime and not quiet:
        return []
    return _first(_openings(schedule, own, quiet, now))


def _first(instants: Iterator[int]) -> list[int]:
    return [instant for _, instant in zip(range(COUNT), instants, strict=False)]


def _openings(schedule: Schedule, own: Zone, quiet: Quiet, now: int) -> Iterator[int]:
    """The instants at which the rule is open again for an event that comes when the hours before have closed."""
    start = now + schedule.after
    # A window that is open already is none of those to come.
    repeated = replace(schedule, after=0, passed=Passed.NEXT_DAY)
    while True:
        at = solve(repeated, own, base=start, now=start, expiry=start + HORIZON, quiet=quiet).at
        if at is None:
            return
        yield at
        start = max(_closes(repeated, own, at), at + model.MINUTE)
        start = max(start, _loud_until(quiet, at, start))


def _closes(schedule: Schedule, own: Zone, instant: int) -> int:
    """When the hours around an instant are over: those of `at`, else of `between`, else the day."""
    day = own.wall(instant) // model.DAY
    if schedule.at:
        opened = (own.resolve(on * model.DAY + time) for on in (day - 1, day) for time in schedule.at)
        return min((opens + schedule.grace for opens in opened if opens <= instant < opens + schedule.grace), default=0)
    spans = (arc.on(on, own) for on in (day - 1, day) for arc in schedule.arcs)
    return max((closes for opens, closes in spans if opens <= instant < closes), default=0)


def _loud_until(quiet: Quiet, instant: int, closes: int) -> int:
    """Without hours of its own a rule is open until the quiet hours begin."""
    if closes > instant + model.MINUTE:
        return closes
    begins = [
        opens
        for arc, clock in quiet
        for day in range(clock.wall(instant) // model.DAY, clock.wall(instant) // model.DAY + 2)
        if (opens := arc.on(day, clock)[0]) > instant
    ]
    return min(begins, default=instant + model.DAY)


def _occurrences(
    rule: model.Rule, trigger: model.CalendarTrigger, schedule: Schedule, own: Zone, quiet: Quiet, now: int
) -> Iterator[int]:
    """For each date of the calendar the instant at which its notification may go out, if one comes in time."""
    today = own.wall(now) // model.DAY
    for day in range(today - 1, today + _FARTHEST):
        if not _is_on(trigger, day) or not own.exists(day):
            continue
        base = own.resolve(day * model.DAY)
        at = solve(schedule, own, base=base, now=base, expiry=base + rule.expiry.after, quiet=quiet).at
        if at is not None and at >= now:
            yield at


def _is_on(trigger: model.CalendarTrigger, day: int) -> bool:
    if trigger.month_day is not None:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).day == trigger.month_day
    return not trigger.weekdays or (day + _FIRST_WEEKDAY) % 7 in trigger.weekdays


def zones_shown(rule_set: model.RuleSet, wanted: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Three zones: those that are wanted, the house's, and usual ones."""
    house = (rule_set.timezone,) if rule_set.timezone is not None else ()
    return tuple(dict.fromkeys((*wanted, *house, *USUAL_ZONES)))[:3]


def table(rule: model.Rule, rule_set: model.RuleSet, zones: tuple[str, ...], now: int) -> str:
    """The next instants in three zones as a table in Markdown; empty when there is nothing to tell."""
    columns = [[_clock(instant, name) for instant in upcoming(rule, rule_set, name, now)] for name in zones]
    rows = [[column[number] if number < len(column) else "" for column in columns] for number in range(COUNT)]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    return "\n".join([_row(list(zones)), _row(["---"] * len(zones)), *map(_row, rows)])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _clock(instant: int, name: str) -> str:
    """`Mon 2026-11-23 18:00` on the clock of a zone."""
    wall = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=zone(name).wall(instant))
    return f"{wall:%a %Y-%m-%d %H:%M}"
