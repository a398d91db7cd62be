"""Dates and instants in JSON: ISO 8601 text, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from duly.conditions.context import Zone
from duly.meaning.model import DAY

EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)
# A wall clock differs from UTC by less than a day, so every zone can show the instants between these two.
_EARLIEST = (2 - EPOCH_DAY) * DAY
_LATEST = (date.max.toordinal() - EPOCH_DAY) * DAY


def instant_of(value: Any) -> int | None:
    """The instant that a date-time text with an offset or `Z` names; None for everything else."""
    moment = _moment_of(value)
    if moment is None or moment.tzinfo is None:
        return None
    return (moment - _EPOCH) // _MICROSECOND


def date_of(value: Any, zone: Zone) -> int | None:
    """
    The ordinal of the date a text names; None for what is neither a date nor a date-time.

    A date-time with an offset is an instant, so its date is the one in `zone`; without one it is the date as written.
    """
    if type(value) is str and _DATE.fullmatch(value):
        return _ordinal(value)
    moment = _moment_of(value)
    if moment is None:
        return None
    if moment.tzinfo is None:
        return moment.toordinal()
    return local_date((moment - _EPOCH) // _MICROSECOND, zone)


def local_date(instant: int | None, zone: Zone) -> int | None:
    """The ordinal of the local date at `instant`; None outside the years 1 to 9999."""
    if instant is None or not _EARLIEST <= instant <= _LATEST:
        return None
    return zone.wall(instant) // DAY + EPOCH_DAY


def _ordinal(text: str) -> int | None:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return None


def _moment_of(value: Any) -> datetime | None:
    if type(value) is not str or not _TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        return None
