"""Arcs, days, calendar periods and caps."""

from datetime import date, datetime, timedelta

import pytest

from duly.timing.window import (
    Arc,
    Calendar,
    Cap,
    Days,
    Rolling,
    Schedule,
    Sent,
    count,
    next_free,
    period_end,
    period_start,
)
from duly.timing.zone import zone

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what a clock on the wall shows has no zone


def at(text):
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def day(text):
    return at(text) // DAY


def sent(place, *instants):
    return [Sent(at(text), place.wall(at(text))) for text in instants]


@pytest.mark.parametrize("ends", [(-1, HOUR), (DAY, HOUR), (0, DAY + 1), (0, -1)])
def test_an_arc_outside_the_day_is_refused(ends):
    with pytest.raises(ValueError, match="within the day"):
        Arc(*ends)


def test_an_arc_crosses_midnight_when_it_ends_no_later_than_it_starts():
    utc, today = zone("UTC"), day("2026-05-04")
    assert Arc(22 * HOUR, 8 * HOUR).on(today, utc) == (at("2026-05-04 22:00"), at("2026-05-05 08:00"))
    assert Arc(9 * HOUR, 9 * HOUR).on(today, utc) == (at("2026-05-04 09:00"), at("2026-05-05 09:00"))
    assert Arc(9 * HOUR, DAY).on(today, utc) == (at("2026-05-04 09:00"), at("2026-05-05 00:00"))
    assert [Arc(22 * HOUR, 8 * HOUR).length, Arc(0, 0).length, Arc(0, DAY).length] == [10 * HOUR, DAY, DAY]


def test_weekdays_start_with_monday_as_the_lowest_bit():
    days = Days(weekdays=0b0000101)
    monday = day("2026-05-04")
    assert [days.allows(monday + shift) for shift in range(7)] == [True, False, True] + 4 * [False]


def test_dates_include_both_ends():
    days = Days(dates=((day("2026-05-04"), day("2026-05-05")), (day("2026-05-08"), day("2026-05-08"))))
    allowed = [shift for shift in range(-2, 7) if days.allows(day("2026-05-04") + shift)]
    assert allowed == [0, 1, 4]


def test_a_season_may_pass_the_turn_of_the_year():
    winter = Days(seasons=(((12, 20), (1, 6)),))
    dates = ["2025-12-19", "2025-12-20", "2025-12-31", "2026-01-01", "2026-01-06", "2026-01-07"]
    assert [winter.allows(day(text)) for text in dates] == [False, True, True, True, True, False]


def test_a_season_that_ends_on_29_february_knows_leap_years():
    leap = Days(seasons=(((2, 29), (2, 29)),))
    assert [leap.allows(day(text)) for text in ("2027-02-28", "2027-03-01", "2028-02-29")] == [False, False, True]


def test_holidays_without_a_known_country_close_on_and_leave_not_on_open():
    today = day("2026-07-04")
    assert Days(holidays="on").allows(today, {today}.__contains__)
    assert not Days(holidays="not on").allows(today, {today}.__contains__)
    assert not Days(holidays="on").allows(today)
    assert Days(holidays="not on").allows(today)


def test_a_schedule_of_days_alone_means_whole_days():
    assert Schedule().anytime
    assert Schedule(days=Days(weekdays=1)).arcs == (Arc(0, 0),)
    assert Schedule(at=(HOUR,), days=Days(weekdays=1)).arcs == ()


@pytest.mark.parametrize(
    ("unit", "moment", "start", "end"),
    [
        ("hour", "2026-05-06 07:08", "2026-05-06 07:00", "2026-05-06 08:00"),
        ("day", "2026-05-06 07:08", "2026-05-06", "2026-05-07"),
        ("day", "1969-12-31 23:00", "1969-12-31", "1970-01-01"),
        ("week", "2026-05-06 07:08", "2026-05-04", "2026-05-11"),
        ("week", "2027-01-03 23:59", "2026-12-28", "2027-01-04"),
        ("week", "2026-05-04", "2026-05-04", "2026-05-11"),
        ("month", "2026-12-31 23:59", "2026-12-01", "2027-01-01"),
        ("month", "2028-02-29", "2028-02-01", "2028-03-01"),
    ],
)
def test_calendar_periods(unit, moment, start, end):
    assert period_start(unit, at(moment)) == at(start)
    assert period_end(unit, at(moment)) == at(end)


def test_iso_weeks_agree_with_the_calendar_for_thirty_years():
    for number in range(day("2010-01-01"), day("2040-01-01")):
        monday = date(1970, 1, 1) + timedelta(days=period_start("week", number * DAY) // DAY)
        assert monday.isocalendar()[1:] == ((EPOCH + timedelta(days=number)).isocalendar()[1], 1)


def test_a_rolling_slot_frees_exactly_when_its_duration_is_over():
    utc = zone("UTC")
    sents, cap = sent(utc, "2026-05-04 10:00", "2026-05-04 12:00"), Cap(2, Rolling(DAY))
    freed = at("2026-05-05 10:00")
    assert count(cap, sents, freed - 1, utc) == 2
    assert count(cap, sents, freed, utc) == 1
    assert next_free(cap, sents, freed - 1, utc) == freed
    assert next_free(cap, sents, at("2026-05-04 13:00"), utc) == freed


def test_a_cap_of_nothing_never_frees():
    assert next_free(Cap(0, Calendar("day")), [], 0, zone("UTC")) is None
    assert next_free(Cap(0, Rolling(DAY)), [], 0, zone("UTC")) is None


def test_a_send_stamped_by_a_clock_ahead_counts():
    utc = zone("UTC")
    sents = sent(utc, "2026-05-04 10:05")
    for window in (Rolling(HOUR), Calendar("day")):
        assert count(Cap(1, window), sents, at("2026-05-04 10:00"), utc) == 1


def test_a_day_is_the_local_date_whatever_its_length():
    place, cap = zone("America/New_York"), Cap(1, Calendar("day"))
    sents = sent(place, "2026-11-01 04:00")  # 00:00 of a day of 25 hours
    assert next_free(cap, sents, at("2026-11-01 05:00"), place) == at("2026-11-02 05:00")
    sents = sent(place, "2026-03-08 05:00")  # 00:00 of a day of 23 hours
    assert next_free(cap, sents, at("2026-03-08 06:00"), place) == at("2026-03-09 04:00")


def test_a_date_that_comes_back_when_clocks_go_back_over_midnight_is_one_date():
    place, cap = zone("America/St_Johns"), Cap(1, Calendar("day"))
    # 2010-11-07 00:01 became 2010-11-06 23:01.
    change = at("2010-11-07 02:31")
    saturday = [Sent(change - HOUR, place.wall(change - HOUR))]
    assert next_free(cap, saturday, change - 2 * MINUTE, place) == change - MINUTE
    assert next_free(cap, saturday, change, place) == change + 59 * MINUTE


def test_the_two_hours_of_an_autumn_night_are_different_hours():
    place, cap = zone("Europe/Berlin"), Cap(1, Calendar("hour"))
    first, second = at("2026-10-25 00:30"), at("2026-10-25 01:30")
    assert place.wall(first) == place.wall(second)
    assert next_free(cap, [Sent(first, place.wall(first))], first, place) == at("2026-10-25 01:00")
    assert count(cap, [Sent(first, place.wall(first))], second, place) == 0


def test_weeks_and_months_turn_at_local_midnight():
    place = zone("Pacific/Auckland")
    sents = sent(place, "2026-05-03 11:59")  # Sunday 23:59
    assert next_free(Cap(1, Calendar("week")), sents, at("2026-05-03 11:59"), place) == at("2026-05-03 12:00")
    sents = sent(place, "2026-09-26 00:00")  # the clocks change the day after
    assert next_free(Cap(1, Calendar("month")), sents, at("2026-09-26 01:00"), place) == at("2026-09-30 11:00")


def test_a_send_keeps_the_date_of_the_zone_it_was_granted_in():
    tokyo, lisbon, cap = zone("Asia/Tokyo"), zone("Europe/Lisbon"), Cap(1, Calendar("day"))
    sents = sent(tokyo, "2026-05-04 20:00")  # the 5th in Tokyo
    assert next_free(cap, sents, at("2026-05-04 21:00"), lisbon) == at("2026-05-04 21:00")
    assert next_free(cap, sents, at("2026-05-05 09:00"), lisbon) == at("2026-05-05 23:00")
