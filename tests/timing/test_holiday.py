"""Holidays by country, and what happens without the library."""

import sys
from datetime import date

import pytest

from duly.timing.holiday import HolidaysMissing, holidays_of


def day(year, month, number):
    return (date(year, month, number) - date(1970, 1, 1)).days


def test_holidays_of_a_country():
    pytest.importorskip("holidays")
    french = holidays_of("fr")
    assert french(day(2026, 7, 14))
    assert not french(day(2026, 7, 15))
    assert french(day(2027, 7, 14))
    assert holidays_of("FRA")(day(2026, 7, 14))


@pytest.mark.parametrize("country", [None, "", "XX", "../FR", 33, ["FR"], "France"])
def test_an_unknown_country_has_no_answer(country):
    pytest.importorskip("holidays")
    assert holidays_of(country) is None


def test_a_missing_library_is_asked_for_by_the_name_of_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(HolidaysMissing, match=r"duly\[holidays\]"):
        holidays_of("FR")
