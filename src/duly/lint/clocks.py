"""The hours that clock changes take away or bring twice, in all zones, over the coming two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from duly.lint.zones import successors
from duly.meaning.model import DAY, HOUR
from duly.timing.zone import known_zones, zone

AHEAD = 730
"""How many days from today are looked at."""

_EPOCH = date(1970, 1, 1).toordinal()
_MORNING, _EVENING = 5 * HOUR, 21 * HOUR


class Change(NamedTuple):
    """A clock change: the wall times from `low` to `high` (microseconds since 1970-01-01) are skipped, or come twice."""

    zone: str
    low: int
    high: int
    skipped: bool

    @property
    def day(self) -> date:
        """The local date on which it happens."""
        return date.fromordinal(_EPOCH + self.low // DAY)


@lru_cache(maxsize=4_096)
def changes_at(wall: int, name: str | None, today: date) -> tuple[Change, ...]:
    """
    The clock changes that a time of day falls into, in one zone or, for None, in any, soonest first.

    No zone changes its clock by day, so that the zones are only looked through for times of the night.
    """
    if name is None and _MORNING <= wall < _EVENING:
        return ()
    found = changes_in(name, today) if name is not None else _changes_anywhere(today)
    return tuple(change for change in found if any(change.low <= day + wall < change.high for day in _days(change)))


def _days(change: Change) -> tuple[int, int]:
    start = change.low - change.low % DAY
    return start, start + DAY


@cache
def _changes_anywhere(today: date) -> tuple[Change, ...]:
    same = successors()
    names = sorted(name for name in known_zones() if "/" in name and name not in same and not name.startswith("Etc/"))
    found = [change for name in names for change in changes_in(name, today)]
    return tuple(sorted(found, key=lambda change: change.low))


@cache
def changes_in(name: str, today: date) -> tuple[Change, ...]:
    """The clock changes of one zone."""
    start = (today.toordinal() - _EPOCH) * DAY
    return tuple(_changes(name, start, start + AHEAD * DAY))


def _changes(name: str, start: int, end: int) -> Iterator[Change]:
    where = zone(name)
    _, instant, before = where.span(start)
    while instant < end:
        _, following, after = where.span(instant)
        if after != before:
            low, high = sorted((instant + before, instant + after))
            yield Change(name, low, high, after > before)
        instant, before = following, after
