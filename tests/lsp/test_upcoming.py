"""The next instants of a schedule, at given times in given zones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from duly.lsp.upcoming import table, upcoming, zones_shown
from duly.meaning.rule_set import read_rules
from duly.source import Source

NOON = int(datetime(2026, 10, 23, 12, tzinfo=UTC).timestamp()) * 1_000_000
"""A Friday; on the Sunday after it Europe leaves summer time."""


def local(text: str, zone: str = "Europe/Berlin", now: int = NOON) -> list[str]:
    rule_set = read_rules([Source("rule.duly", text)]).rule_set
    return [
        datetime.fromtimestamp(instant // 1_000_000, UTC).strftime("%a %d %H:%M")
        for instant in upcoming(rule_set.rules["rule"], rule_set, zone, now)
    ]


@pytest.mark.parametrize(
    ("clauses", "instants"),
    [
        ("at 18:00 local", ["Fri 23 16:00", "Sat 24 16:00", "Sun 25 17:00", "Mon 26 17:00", "Tue 27 17:00"]),
        (
            'at 18:00 "America/New_York"',
            ["Fri 23 22:00", "Sat 24 22:00", "Sun 25 22:00", "Mon 26 22:00", "Tue 27 22:00"],
        ),
        (
            "at 09:00 local, at 18:00 local",
            ["Fri 23 16:00", "Sat 24 07:00", "Sat 24 16:00", "Sun 25 08:00", "Sun 25 17:00"],
        ),
        (
            "between 09:00 and 21:00 local, on weekdays",
            ["Fri 23 12:00", "Mon 26 08:00", "Tue 27 08:00", "Wed 28 08:00", "Thu 29 08:00"],
        ),
        (
            "between 11:00 and 13:00 local, between 18:00 and 20:00 local",
            ["Fri 23 16:00", "Sat 24 09:00", "Sat 24 16:00", "Sun 25 10:00", "Sun 25 17:00"],
        ),
        ("on Sun", ["Sat 24 22:00", "Sat 31 23:00", "Sat 07 23:00", "Sat 14 23:00", "Sat 21 23:00"]),
        (
            "after 2 days, at 18:00 local",
            ["Sun 25 17:00", "Mon 26 17:00", "Tue 27 17:00", "Wed 28 17:00", "Thu 29 17:00"],
        ),
        ("from 2026-10-24 to 2026-10-25, at 18:00 local", ["Sat 24 16:00", "Sun 25 17:00"]),
        ("max 1/day", []),
        ("on holidays", []),
    ],
)
def test_the_openings_of_an_events_rule(clauses, instants):
    assert local(f"when Order Shipped, {clauses}") == instants


def test_quiet_hours_are_waited_out():
    quiet = "quiet 20:00 to 09:00 local\n"
    openings = local(quiet + "when Order Shipped, between 19:00 and 21:00 local")
    assert openings[:3] == ["Fri 23 17:00", "Sat 24 17:00", "Sun 25 18:00"]
    assert local(quiet + "when Order Shipped, max 1/day")[:3] == ["Fri 23 12:00", "Sat 24 07:00", "Sun 25 08:00"]


@pytest.mark.parametrize(
    ("trigger", "instants"),
    [
        (
            "every Monday at 10:00 local",
            ["Mon 26 09:00", "Mon 02 09:00", "Mon 09 09:00", "Mon 16 09:00", "Mon 23 09:00"],
        ),
        ("every day", ["Fri 23 22:00", "Sat 24 22:00", "Sun 25 23:00", "Mon 26 23:00", "Tue 27 23:00"]),
        (
            "every month on the 31st, at 08:00 local",
            ["Sat 31 07:00", "Thu 31 07:00", "Sun 31 07:00", "Wed 31 06:00", "Mon 31 06:00"],
        ),
    ],
)
def test_the_dates_of_a_calendar_rule(trigger, instants):
    assert local(trigger) == instants


def test_a_time_is_shown_on_the_clock_of_each_zone():
    checked = read_rules([Source("rule.duly", 'timezone "Europe/London"\nwhen Order Shipped, at 18:00 local\n')])
    zones = zones_shown(checked.rule_set, ("Asia/Tokyo",))
    assert zones == ("Asia/Tokyo", "Europe/London", "America/New_York")
    shown = table(checked.rule_set.rules["rule"], checked.rule_set, zones, NOON).splitlines()
    assert shown[0] == "| Asia/Tokyo | Europe/London | America/New_York |"
    assert shown[2] == "| Sat 2026-10-24 18:00 | Fri 2026-10-23 18:00 | Fri 2026-10-23 18:00 |"
