"""The hours that clock changes take away or bring twice, in all zones, over the coming two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from duly.lint.zones import successors
from duly.meaning.model import DAY, HOUR, SECOND, WEEK
from duly.timing.zone import known_zones  # which also keeps `zoneinfo` to the `tzdata` package

AHEAD = 730
"""How many days from today are looked at."""

_EPOCH = date(1970, 1, 1).toordinal()
_MORNING, _EVENING = 5 * HOUR, 21 * HOUR
_STRIDE = WEEK // SECOND


class Change(NamedTuple):
    """A clock change: wall times from `low` to `high` (microseconds since 1970-01-01) are skipped, or come twice."""

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
    """Looked for week by week, in whole seconds: no zone changes its clock twice in one."""
    where = ZoneInfo(name)
    second, last = start // SECOND, end // SECOND
    before = _offset(where, second)
    while second < last:
        after = _offset(where, second + _STRIDE)
        if after != before:
            change = _between(where, second, second + _STRIDE) * SECOND
            low, high = sorted((change + before, change + after))
            yield Change(name, low, high, after > before)
        second, before = second + _STRIDE, after


def _between(where: ZoneInfo, low: int, high: int) -> int:
    """The second of the one change in `(low, high]`."""
    offset = _offset(where, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(where, middle) == offset else (low, middle)
    return high


def _offset(where: ZoneInfo, second: int) -> int:
    return (datetime.fromtimestamp(second, where).utcoffset() or timedelta(0)) // timedelta(microseconds=1)
