"""
The solver's answers, found slowly: every minute is painted permitted or not, and the first permitted one is looked up.

Shares only plain data with the solver. All clock arithmetic is that of `datetime` and `zoneinfo`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from duly.timing.window import Arc, Cap, Passed, Rolling, Schedule, Sent

MINUTE = 60 * 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what a clock on the wall shows has no zone
DAY_ONE = date(1970, 1, 1)


@dataclass(frozen=True)
class Case:
    """One question. All instants, times of day and durations are microseconds, and whole minutes."""

    schedule: Schedule
    zone: str
    base: int
    now: int
    expiry: int
    quiet: tuple[tuple[Arc, str], ...] = ()
    caps: tuple[tuple[Cap, tuple[Sent, ...]], ...] = ()
    gap: int = 0
    last_send: int | None = None
    wait: int | None = None
    holidays: frozenset[int] | None = None
    calendar: str = ""

    @property
    def periods(self) -> str:
        """The zone in which caps have their periods: that of the user, where the rule has one of its own."""
        return self.calendar or self.zone


@dataclass(frozen=True)
class Answer:
    outcome: str
    at: int | None
    frees: int | None
    opened: int
    first: int | None
    cap: int | None = None
    count: int = 0


@cache
def info(zone):
    return ZoneInfo(zone)


def local(zone, minute):
    """The local time at a minute since the epoch."""
    return (EPOCH + timedelta(minutes=minute)).astimezone(info(zone))


def minute_of(zone, on, time):
    """The minute at which the clock in `zone` shows `time` (microseconds) on the date; gaps and overlaps by fold 0."""
    wall = datetime(on.year, on.month, on.day) + timedelta(microseconds=time)  # noqa: DTZ001
    return (wall.replace(tzinfo=info(zone)) - EPOCH) // timedelta(minutes=1)


def ever_was(zone, on):
    """Whether the clock in `zone` ever showed noon of that date."""
    noon = minute_of(zone, on, 12 * 60 * MINUTE)
    return local(zone, noon).date() == on


def dates(zone, low, high):
    """The local dates of a stretch of minutes, and two more on either side."""
    on = local(zone, low).date() - timedelta(days=2)
    last = local(zone, high).date() + timedelta(days=2)
    while on <= last:
        if ever_was(zone, on):
            yield on
        on += timedelta(days=1)


def is_allowed(days, on, holidays):
    number = (on - DAY_ONE).days
    if not days.weekdays & (1 << on.weekday()):
        return False
    if days.dates and not any(low <= number <= high for low, high in days.dates):
        return False
    if days.seasons and not any(in_season(season, on) for season in days.seasons):
        return False
    is_holiday = holidays is not None and number in holidays
    return {None: True, "on": is_holiday, "not on": not is_holiday}[days.holidays]


def in_season(season, on):
    first, last = season
    here = (on.month, on.day)
    if first <= last:
        return first <= here <= last
    return not last < here < first


def arc_minutes(arc, zone, on):
    closes_on = on + timedelta(days=1) if arc.end <= arc.start else on
    return minute_of(zone, on, arc.start), minute_of(zone, closes_on, arc.end)


def at_windows(case, low, high):
    """The windows that `at` opens, in minutes, as far as the policy for what has passed lets them count."""
    schedule, start = case.schedule, (case.base + case.schedule.after) // MINUTE
    grace = schedule.grace // MINUTE
    for on in dates(case.zone, min(low, start) - grace, high):
        if not is_allowed(schedule.days, on, case.holidays):
            continue
        for time in schedule.at:
            opens = minute_of(case.zone, on, time)
            if schedule.passed in (Passed.NEXT_DAY, Passed.DROP) and opens < start:
                continue
            if schedule.passed is Passed.DROP and on != local(case.zone, start).date():
                continue
            yield opens, opens + grace


def between_windows(case, low, high):
    schedule = case.schedule
    arcs = schedule.between or (Arc(0, 0),)
    for on in dates(case.zone, low, high):
        if is_allowed(schedule.days, on, case.holidays):
            for arc in arcs:
                yield arc_minutes(arc, case.zone, on)


def quiet_windows(case, low, high):
    for arc, zone in case.quiet:
        for on in dates(zone, low, high):
            yield arc_minutes(arc, zone, on)


def paint(windows, low, high):
    """A line of the minutes from `low` to `high`, 1 for those inside a window."""
    line = bytearray(high - low)
    for opens, closes in windows:
        start, end = max(opens - low, 0), min(closes - low, high - low)
        if start < end:
            line[start:end] = b"\1" * (end - start)
    return line


def permitted(case, low, high):
    """A line of the minutes from `low` to `high`: by schedule, by quiet hours, by gap, and by all three."""
    size = high - low
    schedule = b"\1" * size
    if case.schedule.at:
        schedule = both(schedule, paint(at_windows(case, low, high), low, high))
    if case.schedule.between or not case.schedule.at:
        schedule = both(schedule, paint(between_windows(case, low, high), low, high))
    loud = paint(quiet_windows(case, low, high), low, high).translate(bytes([1, 0]) + bytes(254))
    over = (case.last_send + case.gap) // MINUTE if case.last_send is not None else low
    gap = paint([(over, high)], low, high)
    return {"schedule": schedule, "quiet": loud, "gap": gap}, both(both(schedule, loud), gap)


def both(one, other):
    together = int.from_bytes(one, "big") & int.from_bytes(other, "big")
    return together.to_bytes(len(one), "big")


def label(unit, wall, offset):
    """What a calendar period is called: `wall` is a naive datetime."""
    match unit:
        case "hour":
            return (*wall.timetuple()[:4], offset)
        case "day":
            return wall.date()
        case "week":
            return wall.isocalendar()[:2]
        case "month":
            return (wall.year, wall.month)


def sent_label(unit, sent):
    wall = WALL_EPOCH + timedelta(microseconds=sent.wall)
    return label(unit, wall, timedelta(microseconds=sent.wall - sent.at))


@lru_cache(maxsize=100_000)
def labels(unit, zone, hour):
    """The labels of the 60 minutes of an hour UTC; where its first and last minute agree, so do all."""
    first, last = (minute_label(unit, zone, hour * 60 + minute) for minute in (0, 59))
    if first == last:
        return (first[0],) * 60
    return tuple(minute_label(unit, zone, hour * 60 + minute)[0] for minute in range(60))


def minute_label(unit, zone, minute):
    here = local(zone, minute)
    return label(unit, here.replace(tzinfo=None), here.utcoffset()), here.utcoffset()


def counted(cap, sents, zone, minute):
    if isinstance(cap.window, Rolling):
        since = minute * MINUTE - cap.window.duration
        return sum(sent.at > since for sent in sents)
    unit = cap.window.unit
    here = labels(unit, zone, minute // 60)[minute % 60]
    return sum(sent_label(unit, sent) == here for sent in sents)


def is_full(caps, zone, minute):
    return any(counted(cap, sents, zone, minute) >= cap.limit for cap, sents in caps)


def is_full_all_hour(caps, zone, hour):
    """Whether one cap is full from the first minute to the last, seen at a glance."""
    for cap, sents in caps:
        if counted(cap, sents, zone, hour * 60 + 59) >= cap.limit and (
            # A rolling count only falls; a calendar one stays while its label does.
            isinstance(cap.window, Rolling) or len(set(labels(cap.window.unit, zone, hour))) == 1
        ):
            return True
    return False


def free_minute(caps, zone, minute):
    if any(cap.limit == 0 for cap, _ in caps):
        return None
    while is_full(caps, zone, minute):
        minute += 1
        while minute % 60 == 0 and is_full_all_hour(caps, zone, minute // 60):
            minute += 60
    return minute


def answer(case):
    """What the solver has to say of the case."""
    start = (case.base + case.schedule.after) // MINUTE
    now, expiry = case.now // MINUTE, case.expiry // MINUTE
    low, high = start, max(start, expiry)
    _, line = permitted(case, low, high)
    opened = find(line, low, low)
    first = find(line, low, max(now, low))
    if first is None:
        return Answer(missed(case, low, high), None, None, start * MINUTE, None)
    full = [index for index, pair in enumerate(case.caps) if is_full([pair], case.periods, first)]
    if not full:
        outcome = "now" if first <= now else "later"
        return Answer(outcome, first * MINUTE, None, opened * MINUTE, first * MINUTE)
    frees = free_minute(case.caps, case.periods, first)
    latest = max(full, key=lambda index: (frees_alone(case, index, first), -index))
    count = counted(*case.caps[latest], case.periods, first)
    at = None
    outcome = "capped"
    if case.wait is not None and frees is not None and frees <= opened + case.wait // MINUTE:
        at = find(line, low, frees)
        while at is not None and is_full(case.caps, case.periods, at):
            at = find(line, low, at + 1)
        outcome = missed(case, low, high) if at is None else "later"
    return Answer(outcome, micros(at), micros(frees), micros(opened), micros(first), latest, count)


def frees_alone(case, index, minute):
    frees = free_minute([case.caps[index]], case.periods, minute)
    return float("inf") if frees is None else frees


def missed(case, low, high):
    if case.schedule.at and case.schedule.passed is Passed.DROP:
        expiry = case.expiry // MINUTE
        if all(closes <= expiry for _, closes in at_windows(case, low, max(high, low + 3 * 1440))):
            return "passed"
    return "expires-first"


def find(line, low, minute):
    """The first permitted minute from `minute` on."""
    place = line.find(1, max(minute - low, 0))
    return None if place < 0 else low + place


def micros(minute):
    return None if minute is None else minute * MINUTE


def has_reasons(case, start, at, moved_by):
    """Whether `moved_by` names gates that did forbid an instant on the way, the last one among them."""
    start, at = start // MINUTE, at // MINUTE
    if start == at:
        return not moved_by
    lines, _ = permitted(case, start, at)
    forbids = {name for name, line in lines.items() if 0 in line}
    forbids_last = {name for name, line in lines.items() if not line[-1]}
    if any(is_full(case.caps, case.periods, minute) for minute in range(start, at)):
        forbids.add("caps")
    if is_full(case.caps, case.periods, at - 1):
        forbids_last.add("caps")
    return set(moved_by) <= forbids and bool(set(moved_by) & forbids_last)
