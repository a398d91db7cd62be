"""Lint rules keep quiet where nothing is wrong, and speak up at the places that make the difference."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duly.diagnostics import Severity
from duly.lint.run import lint_rules, run_lint
from duly.meaning.rule_set import prelude, read_rules
from duly.source import Source

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted({path.parent for path in (ROOT / "examples").rglob("*.duly")})
SENTENCE = "when Product Sale where user saved product, at 18:00 local, max 1/day\n"
TODAY = date(2026, 7, 1)


def lint(text: str, *only: str) -> list[str]:
    checked = read_rules([Source("example.duly", text)])
    assert checked.diagnostics == ()
    return [found.code for found in run_lint(checked, TODAY, only=only or None)]


def rule(clauses: str) -> str:
    return f"when Product Sale where user saved product, {clauses}\n"


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_no_example_has_a_warning(folder: Path) -> None:
    checked = read_rules([Source(str(path), path.read_text("utf-8")) for path in sorted(folder.glob("*.duly"))])
    found = [(each.code, each.location) for each in run_lint(checked, TODAY) if each.severity < Severity.ADVICE]
    assert found == []


def test_the_prelude_has_no_warning() -> None:
    checked = read_rules([Source("prelude.duly", prelude().source.text)])
    assert [each.code for each in run_lint(checked, TODAY) if each.severity < Severity.ADVICE] == []


def test_the_sentence_gets_no_more_than_advice() -> None:
    checked = read_rules([Source("sentence.duly", SENTENCE)])
    assert {each.code for each in run_lint(checked, TODAY)} <= {"calendar-cap-without-gap"}


def test_there_are_many_and_a_third_can_be_fixed() -> None:
    rules = lint_rules().values()
    assert len(rules) >= 90
    assert sum(each.fixable for each in rules) >= 30


# --- clock changes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("time", ["05:00", "09:30", "12:00", "18:00", "20:59"])
def test_no_alarm_by_day(time: str) -> None:
    assert lint(rule(f"at {time} local, max 1/day"), "time-skipped-by-clock-change") == []
    assert lint(rule(f"at {time} local, max 1/day"), "time-repeated-by-clock-change") == []


@pytest.mark.parametrize(
    ("time", "zone", "alarm"),
    [
        ("02:30", '"America/New_York"', True),
        ("01:59", '"America/New_York"', False),
        ("03:00", '"America/New_York"', False),
        ("01:30", '"Europe/London"', True),
        ("02:30", '"Europe/London"', False),
        ("02:15", '"Australia/Lord_Howe"', True),
        ("02:30", '"Australia/Lord_Howe"', False),
        ("00:30", '"America/Santiago"', True),
        ("23:30", '"America/Nuuk"', True),
        ("02:30", '"Asia/Tokyo"', False),
        ("02:30", '"UTC"', False),
        ("23:30", "local", True),
        ("22:00", "local", True),
        ("21:00", "local", False),
    ],
)
def test_alarm_for_times_that_a_spring_night_leaves_out(time: str, zone: str, alarm: bool) -> None:
    found = lint(rule(f"at {time} {zone}, max 1/day"), "time-skipped-by-clock-change")
    assert bool(found) is alarm


def test_no_clock_changes_by_day_anywhere() -> None:
    from duly.lint.clocks import _changes_anywhere

    hour = 3_600_000_000
    for change in _changes_anywhere(TODAY):
        assert not 5 * hour <= change.low % (24 * hour) < 21 * hour
        assert (change.high - 1) % (24 * hour) < 5 * hour or (change.high - 1) % (24 * hour) >= 21 * hour


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "Asia/Kolkata", "UTC", "Etc/UTC"])
def test_current_zone_names_are_fine(zone: str) -> None:
    assert lint(f'timezone "{zone}"\n', "outdated-zone-name", "zone-without-summer-time") == []


@pytest.mark.parametrize("zone", ["Asia/Calcutta", "Europe/Kiev", "US/Pacific", "GB"])
def test_outdated_zone_names(zone: str) -> None:
    assert lint(f'timezone "{zone}"\n', "outdated-zone-name", "zone-without-summer-time") == ["outdated-zone-name"]


@pytest.mark.parametrize("zone", ["EST", "Etc/GMT+3", "GMT"])
def test_zones_that_are_no_place(zone: str) -> None:
    found = lint(f'timezone "{zone}"\n', "outdated-zone-name", "zone-without-summer-time")
    assert found == ["zone-without-summer-time"]


# --- hours and expiry -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clauses", "alarm"),
    [
        ("at 18:00 local, max 1/day", False),
        ("at 18:00 local, max 1/day, expires after 24 hours", False),
        ("at 18:00 local, max 1/day, expires after 23 hours", False),
        ("at 18:00 local, max 1/day, expires after 22 hours", True),
        ("at 18:00 local, if passed drop, max 1/day, expires after 2 hours", False),
        ("at 09:00 local, at 21:00 local, max 1/day, expires after 12 hours", False),
        ("at 18:00 local, on weekdays, max 1/day, expires after 71 hours", False),
        ("at 18:00 local, on weekdays, max 1/day, expires after 2 days", True),
        ("between 09:00 and 17:00 local, max 1/day, expires after 1 hour", False),
    ],
)
def test_expiry_and_the_next_time(clauses: str, alarm: bool) -> None:
    assert bool(lint(rule(clauses), "expires-before-send-time")) is alarm


@pytest.mark.parametrize(
    ("quiet", "clauses", "alarm"),
    [
        ("22:00 to 08:00 local", "at 07:00 local", True),
        ("22:00 to 08:00 local", "at 07:30 local", False),
        ("22:00 to 08:00 local", "at 21:59 local", False),
        ("22:00 to 08:00 local", "between 21:00 and 23:00 local", False),
        ("22:00 to 08:00 local", "between 23:00 and 02:00 local", True),
        ('22:00 to 08:00 "Europe/Paris"', "at 07:00 local", False),
        ("22:00 to 08:00 local by sms", "at 07:00 local", False),
        ("12:00 to 13:00 local", "at 18:00 local, between 09:00 and 12:00 local", True),
    ],
)
def test_hours_that_are_all_quiet(quiet: str, clauses: str, alarm: bool) -> None:
    found = lint(f"quiet {quiet}\n" + rule(f"{clauses}, max 1/day"), "no-hour-left")
    assert bool(found) is alarm


# --- caps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caps", "needless"),
    [
        ("max 1/day, max 7/week", True),
        ("max 1/day, max 6/week", False),
        ("max 1 per 24 hours, max 1/day", False),
        ("max 1/day, max 2 per 24 hours", False),
        ("max 1 per 48 hours, max 2/week", False),
        ("max 3/day, max 1/day per product", False),
        ("max 1/day, max 1/day per product", True),
        ("max 1/day per product, max 3/day", False),
    ],
)
def test_caps_that_change_nothing(caps: str, needless: bool) -> None:
    assert bool(lint(rule(caps), "cap-without-effect")) is needless


@pytest.mark.parametrize(
    ("house", "clauses", "advice"),
    [
        ("", "max 1/day", True),
        ("", "at 18:00 local, max 1/day", False),
        ("", "at 23:30 local, max 1/day", True),
        ("", "between 09:00 and 21:00 local, max 1/week", False),
        ("quiet 22:00 to 08:00 local\n", "max 1/day", False),
        ("gap 1 hour\n", "max 1/day", False),
        ("", "max 1 per 24 hours", False),
        ("", "max 1/day, max 1 per 12 hours", False),
    ],
)
def test_advice_for_calendar_caps_around_midnight(house: str, clauses: str, advice: bool) -> None:
    assert bool(lint(house + rule(clauses), "calendar-cap-without-gap")) is advice


# --- texts, tests, style ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "alarm"),
    [("shop://cart", False), ("https://shop.example", False), ("{url}", False), ("/cart", True), ("cart", True)],
)
def test_links_need_a_scheme(link: str, alarm: bool) -> None:
    assert bool(lint(rule(f'max 1/day, send "On sale" link "{link}"'), "relative-link")) is alarm


def test_a_condition_that_sees_to_a_property_needs_no_fallback() -> None:
    plain = 'when Order Completed, max 1/day, send "Thank you, {user.name}"\n'
    sure = 'when Order Completed where user.name is not missing, max 1/day, send "Thank you, {user.name}"\n'
    assert lint(plain, "optional-property-in-text") == ["optional-property-in-text"]
    assert lint(sure, "optional-property-in-text") == []


def test_words_in_texts_and_comments_are_no_durations() -> None:
    text = '# after 7200 seconds\nwhen Order Completed, max 1/day, send "In 7200 seconds, at 9:00"\n'
    assert lint(text, "unwieldy-duration", "hour-without-zero") == []


@pytest.mark.parametrize(
    ("written", "better"),
    [("7200 seconds", "2 hours"), ("168 hours", "7 days"), ("60 minutes", "1 hour"), ("120 seconds", "2 minutes")],
)
def test_durations_in_the_largest_unit(written: str, better: str) -> None:
    checked = read_rules([Source("example.duly", f"gap {written}\n")])
    assert [each.edits[0].text for each in run_lint(checked, TODAY, only=["unwieldy-duration"])] == [better]


@pytest.mark.parametrize("written", ["24 hours", "48 hours", "90 minutes", "90 seconds", "36 hours"])
def test_durations_that_people_say(written: str) -> None:
    assert lint(f"gap {written}\n", "unwieldy-duration") == []


@pytest.mark.parametrize(
    ("pattern", "better"),
    [
        ("^boots", 'starts with "boots"'),
        ("boots$", 'ends with "boots"'),
        ("boots", 'contains "boots"'),
        ("^boots$", '= "boots"'),
        ("boots?", None),
        ("^b.ots", None),
    ],
)
def test_patterns_that_are_plain_text(pattern: str, better: str | None) -> None:
    checked = read_rules([Source("example.duly", f"when Product Viewed where name matches /{pattern}/\n")])
    found = [each.edits[0].text.strip() for each in run_lint(checked, TODAY, only=["regex-for-plain-text"])]
    assert found == ([better] if better else [])


def test_nothing_is_called_unused_while_a_rule_cannot_be_read() -> None:
    rules = "rule sale when Product Sale, in category deals\nrule seen when Product Viewed\n"
    text = f'category deals "Deals": opt out\n{rules}'
    checked = read_rules([Source("example.duly", text)])
    assert checked.diagnostics
    assert run_lint(checked, TODAY, only=["unused-category"]) == []


def test_clock_changes_are_those_of_the_solver() -> None:
    from duly.lint.clocks import _changes_anywhere
    from duly.timing.zone import zone

    minute = 60_000_000
    changes = _changes_anywhere(TODAY)
    assert len({change.zone for change in changes}) > 50
    for change in changes:
        middle = (change.low + change.high) // 2
        instant = zone(change.zone).resolve(middle)
        later = zone(change.zone).wall(instant)
        assert (later != middle) is change.skipped
        assert zone(change.zone).wall(zone(change.zone).resolve(change.low - minute)) == change.low - minute
