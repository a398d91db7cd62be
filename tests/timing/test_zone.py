"""Zones: names, offsets, gaps, overlaps and dates that never were."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from duly.timing.zone import TZDATA_VERSION, UnknownZone, known_zones, pick_zone, zone

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what a clock on the wall shows has no zone


def wall(text):
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def instant(text):
    return wall(text)


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def test_the_operating_system_is_not_asked():
    assert zoneinfo.TZPATH == ()
    assert TZDATA_VERSION[:2] == "20"


@pytest.mark.parametrize(
    "name",
    ["", "Nowhere", "europe/paris", "Europe/Paris ", "../Europe/Paris", "Europe/../Europe/Paris", "/etc/localtime",
     "Europe", "Europe/Paris\0", "zones", "__init__.py", "EST+5", "UTC+2", 7, None, b"UTC", ["UTC"], {}],
)  # fmt: skip
def test_what_is_no_zone_is_refused(name):
    with pytest.raises(UnknownZone) as error:
        zone(name)
    assert error.value.name == name


def test_a_zone_is_loaded_once():
    assert zone("Europe/Paris") is zone("Europe/Paris")
    assert zone("Europe/Paris").name == "Europe/Paris"


def test_every_known_zone_agrees_with_zoneinfo_around_every_change_until_2100():
    dice = Random(2)
    low, high = instant("1970-01-01") // SECOND, instant("2100-12-31") // SECOND
    for name in sorted(known_zones()):
        here, there = zone(name), zoneinfo.ZoneInfo(name)
        here.offset(instant("2101-01-01"))
        seconds = [dice.randrange(low, high) for _ in range(20)]
        for start in here._changes.starts[1:]:
            seconds += (start // SECOND + shift for shift in (-86_400, -1_800, -1, 0, 1, 1_800, 3_600, 86_400))
        for second in filter(lambda second: low <= second < high, seconds):
            local = datetime.fromtimestamp(second, there)
            assert here.offset(second * SECOND) == local.utcoffset() // timedelta(microseconds=1), (name, second)
            on_wall = EPOCH + timedelta(seconds=second)
            meant = on_wall.replace(tzinfo=there).astimezone(UTC).replace(tzinfo=None)
            assert here.resolve(second * SECOND) == (meant - EPOCH) // timedelta(microseconds=1), (name, on_wall)


@pytest.mark.parametrize(
    ("name", "on_wall", "utc"),
    [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:30"),  # a gap: 03:30 EDT
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),  # twice: EDT comes first
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:30"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),  # a gap of half an hour: 02:45
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("America/Havana", "2026-03-08 00:00", "2026-03-08 05:00"),  # no midnight: 01:00
        ("America/Havana", "2026-11-01 00:30", "2026-11-01 04:30"),
        ("Antarctica/Troll", "2026-03-29 01:30", "2026-03-29 01:30"),  # two hours: 03:30
        ("Africa/Casablanca", "2026-02-15 02:30", "2026-02-15 01:30"),
        ("America/Santiago", "2026-09-06 00:30", "2026-09-06 04:30"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00"),  # a date that never was: the 31st
        ("America/Nuuk", "2031-03-29 23:30", "2031-03-30 01:30"),
    ],
)
def test_wall_times_in_gaps_move_forward_and_those_that_occur_twice_are_the_first(name, on_wall, utc):
    assert zone(name).resolve(wall(on_wall)) == instant(utc)


@pytest.mark.parametrize(
    ("name", "skipped"),
    [
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Fakaofo", "2011-12-30"),
        ("Pacific/Kwajalein", "1993-08-21"),
        ("Pacific/Kiritimati", "1994-12-31"),
        ("Asia/Manila", "1844-12-31"),
    ],
)
def test_some_dates_never_were(name, skipped):
    number = day(skipped)
    assert [zone(name).exists(number + shift) for shift in (-1, 0, 1)] == [True, False, True]
    assert zone("UTC").exists(number)


def test_rules_go_on_long_after_the_last_listed_change():
    place = zone("America/New_York")
    assert place.offset(instant("2099-07-01")) == -4 * HOUR
    assert place.offset(instant("2099-12-01")) == -5 * HOUR
    assert place.offset(instant("2499-07-01")) == -4 * HOUR
    assert place.offset(1 << 61) == place.offset(1 << 60)


def test_the_distant_past_is_local_mean_time():
    assert zone("Europe/Paris").offset(-(1 << 60)) == (9 * 60 + 21) * SECOND


def test_it_is_calm_two_days_away_from_a_change():
    place, change = zone("Europe/Berlin"), instant("2026-03-29 01:00")
    assert place.calm(change - 2 * DAY) is None
    assert place.calm(change - 2 * DAY - 1) == HOUR
    assert place.calm(change + 2 * DAY - 1) is None
    assert place.calm(change + 2 * DAY) == 2 * HOUR


def test_the_first_valid_candidate_is_picked_and_the_invalid_before_it_are_told():
    choice = pick_zone([("rule", None), ("trait timezone", "Mars/Base"), ("context timezone", "Asia/Tokyo")])
    assert choice == (zone("Asia/Tokyo"), "context timezone", (("trait timezone", "Mars/Base"),))


def test_without_a_valid_candidate_it_is_utc():
    choice = pick_zone([("trait timezone", 5), ("house", "")])
    assert choice == (zone("UTC"), "utc", (("trait timezone", 5), ("house", "")))
    assert pick_zone([]) == (zone("UTC"), "utc", ())
