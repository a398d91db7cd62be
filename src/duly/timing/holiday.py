"""Public holidays by country, from the optional `holidays` library."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duly.timing.window import Holiday

_EPOCH = date(1970, 1, 1).toordinal()


class HolidaysMissing(RuntimeError):
    """A rule asks for holidays and the library that knows them is not installed. `.extra` is what to install."""

    extra = "duly[holidays]"

    def __init__(self) -> None:
        super().__init__(f"holidays need the extra `{self.extra}`")


def holidays_of(country: object) -> Holiday | None:
    """
    The look-up of a country's nation-wide public holidays by local date, in days since 1970-01-01.

    `country` is an ISO 3166-1 code of two or three letters, in any case. None when it is missing or unknown. Raises
    `HolidaysMissing` when the library is not installed.
    """
    library = _library()
    if not isinstance(country, str) or not country.isascii() or not country.isalpha():
        return None
    code = country.upper()
    return _lookup(code) if code in _countries(library) else None


def _library() -> Any:
    try:
        return import_module("holidays")
    except ImportError as error:
        raise HolidaysMissing from error


@cache
def _countries(library: Any) -> frozenset[str]:
    return frozenset(library.list_supported_countries(include_aliases=True))


@cache
def _lookup(code: str) -> Holiday:
    calendar = _library().country_holidays
    years: dict[int, frozenset[int]] = {}

    def is_holiday(day: int) -> bool:
        year = date.fromordinal(_EPOCH + day).year
        if year not in years:
            years[year] = frozenset(on.toordinal() - _EPOCH for on in calendar(code, years=year))
        return day in years[year]

    return is_holiday
