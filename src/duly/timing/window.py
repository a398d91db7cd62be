"""What time can be asked to fit: arcs of the day, days, schedules, and caps over calendar or rolling windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, assert_never

from duly.meaning.model import DAY, HOUR, WEEK, Calendar, Rolling

if TYPE_CHECKING:
    from duly.timing.zone import Zone

__all__ = [
    "EVERY_DAY",
    "Arc",
    "Calendar",
    "Cap",
    "Days",
    "Holiday",
    "Passed",
    "Rolling",
    "Schedule",
    "Sent",
    "Stamped",
    "Unit",
    "count",
    "next_free",
    "period_end",
    "period_start",
]

Holiday = Callable[[int], bool]
"""Whether a local date, in days since 1970-01-01, is a holiday."""

Unit = Literal["hour", "day", "week", "month"]

EVERY_DAY = 0b111_1111
_EPOCH = date(1970, 1, 1).toordinal()  # a Thursday
_MONDAY = 3 * DAY  # from the Monday of its week to the epoch


@dataclass(frozen=True, slots=True)
class Arc:
    """
    The part `[start, end)` of the day, in microseconds since 00:00 on the wall.

    It crosses midnight when `end <= start`; with `start == end` it is a whole day. It belongs to the date on which it
    opens. Raises `ValueError` when `start` is not in `[0, DAY)` or `end` not in `[0, DAY]`.
    """

    start: int
    end: int
    length: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY and 0 <= self.end <= DAY):
            raise ValueError("an arc lies within the day")
        object.__setattr__(self, "length", (self.end - self.start) % DAY or DAY)

    def on(self, day: int, zone: Zone) -> tuple[int, int]:
        """
        The instants `[opens, closes)` of the arc that opens on a local date.

        Both ends are wall times that a clock change can move: the arc may be longer or shorter than `length`, or,
        when it lies around the end of a gap, empty with `closes <= opens`.
        """
        midnight = day * DAY
        end = self.end if self.end > self.start else self.end + DAY
        return zone.resolve(midnight + self.start), zone.resolve(midnight + end)


@dataclass(frozen=True, slots=True)
class Days:
    """
    Which local dates a window may open on: all of weekdays, dates, seasons and holidays have to agree.

    `weekdays` is a mask with Monday as bit 0. `dates` are ranges of days since 1970-01-01, `seasons` yearly ranges of
    (month, day) that may pass the turn of the year; both ends are included, several are a union, none means any.
    """

    weekdays: int = EVERY_DAY
    dates: tuple[tuple[int, int], ...] = ()
    seasons: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    holidays: Literal["on", "not on"] | None = None
    every: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        limited = self.weekdays != EVERY_DAY or self.dates or self.seasons or self.holidays
        object.__setattr__(self, "every", not limited)

    def allows(self, day: int, holiday: Holiday | None = None) -> bool:
        """
        Whether a window may open on `day`, a local date in days since 1970-01-01.

        Without `holiday` no date is known to be one: `on` is closed, `not on` is open.
        """
        return (
            bool(self.weekdays >> (day + 3) % 7 & 1)
            and (not self.dates or any(first <= day <= last for first, last in self.dates))
            and (not self.seasons or self._in_season(day))
            and (self.holidays is None or self._on_holiday(day, holiday) == (self.holidays == "on"))
        )

    def _in_season(self, day: int) -> bool:
        on = date.fromordinal(_EPOCH + day)
        today = (on.month, on.day)
        return any(
            first <= today <= last if first <= last else today >= first or today <= last for first, last in self.seasons
        )

    @staticmethod
    def _on_holiday(day: int, holiday: Holiday | None) -> bool:
        return holiday is not None and holiday(day)


class Passed(Enum):
    """What becomes of an `at` window that is open or over when the trigger happens."""

    GRACE = "grace"
    """It is used while its grace lasts."""
    NEXT_DAY = "next day"
    """Only windows count that open at the trigger's instant or later."""
    DROP = "drop"
    """Only windows count that open on the trigger's own local date, at its instant or later."""
    WITHIN = "within"
    """As GRACE, with the rule's own duration as the grace."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    When a rule may send; the defaults mean at any time.

    `at` are times of day that each open a window of `grace`; they and the arcs `between` are each a union, and both
    have to be open. Durations and times of day are microseconds. `zone` is the rule's own zone, which the caller has
    already taken into account (`duly.timing.zone.pick_zone`).
    """

    at: tuple[int, ...] = ()
    between: tuple[Arc, ...] = ()
    days: Days = Days()
    after: int = 0
    passed: Passed = Passed.GRACE
    grace: int = HOUR
    zone: str | None = None
    arcs: tuple[Arc, ...] = field(init=False, repr=False, compare=False)
    anytime: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        whole_days = () if self.at or self.days.every else (Arc(0, 0),)
        object.__setattr__(self, "arcs", self.between or whole_days)
        object.__setattr__(self, "anytime", not self.at and not self.arcs)


class Stamped(Protocol):
    """A grant as caps see it: its instant, and the wall time then in the user's zone of that time. Microseconds."""

    @property
    def at(self) -> int:
        """The instant."""

    @property
    def wall(self) -> int:
        """The wall time."""


class Sent(NamedTuple):
    """A grant: its instant, and the wall time then in the user's zone of that time. Both in microseconds."""

    at: int
    wall: int


@dataclass(frozen=True, slots=True)
class Cap:
    """No more than `limit` sends in one `window`, which is a calendar period or a rolling duration."""

    limit: int
    window: Calendar | Rolling


def period_start(unit: Unit, wall: int) -> int:
    """The wall time at which the calendar period around `wall` begins. Weeks are ISO weeks, from Monday."""
    match unit:
        case "hour":
            return wall - wall % HOUR
        case "day":
            return wall - wall % DAY
        case "week":
            return wall - (wall + _MONDAY) % WEEK
        case "month":
            return _midnight(_date(wall).replace(day=1))
        case _:
            assert_never(unit)


def period_end(unit: Unit, wall: int) -> int:
    """The wall time at which the next calendar period begins."""
    match unit:
        case "hour":
            return wall - wall % HOUR + HOUR
        case "day":
            return wall - wall % DAY + DAY
        case "week":
            return period_start("week", wall) + WEEK
        case "month":
            on = _date(wall)
            following = (on.year + on.month // 12, on.month % 12 + 1)
            return _midnight(date(*following, 1))
        case _:
            assert_never(unit)


def count(cap: Cap, sents: Sequence[Stamped], instant: int, zone: Zone) -> int:
    """
    How many of `sents` (in order of `at`) are in the window of the cap at `instant`.

    A rolling window is `(instant - duration, instant]`. A send that another clock stamped after `instant` counts as
    well, so that a cap cannot be overrun by skew.

    Calendar periods are compared by what the clock and calendar on the wall said, not by length: a day of 23 or 25
    hours is one day, a date that a traveller lives twice is one date, and where the clock goes back over midnight both
    parts of the date are one. Only hours also compare the offset, so that of the two hours 01:00 to 02:00 of an autumn
    night each has its own count, and so has an hour that a change of half an hour cuts in two.
    """
    if isinstance(cap.window, Rolling):
        since = instant - cap.window.duration
        return sum(1 for sent in sents if sent.at > since)
    unit = cap.window.unit
    wall = zone.wall(instant)
    first, end = period_start(unit, wall), period_end(unit, wall)
    offset = wall - instant
    # No offset reaches a day, so that what was sent before this has its wall time in an earlier period.
    since = first - DAY
    found = 0
    for sent in reversed(sents):
        if sent.at < since:
            break
        if first <= sent.wall < end:
            found += unit != "hour" or sent.wall - sent.at == offset
    return found


def next_free(cap: Cap, sents: Sequence[Stamped], instant: int, zone: Zone) -> int | None:
    """The first instant from `instant` on at which the cap leaves room for one more send; None if it never does."""
    if cap.limit <= 0:
        return None
    if len(sents) < cap.limit:
        return instant
    if isinstance(cap.window, Rolling):
        return max(instant, sents[-cap.limit].at + cap.window.duration)
    while count(cap, sents, instant, zone) >= cap.limit:
        # Within one offset the period on the wall lasts until its end; at a clock change it may be any.
        _, changes, offset = zone.span(instant)
        instant = min(period_end(cap.window.unit, instant + offset) - offset, changes)
    return instant


def _date(wall: int) -> date:
    return date.fromordinal(_EPOCH + wall // DAY)


def _midnight(on: date) -> int:
    return (on.toordinal() - _EPOCH) * DAY
