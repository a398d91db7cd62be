"""The traps of when: clock changes, what has passed, quiet hours, gaps and caps, one by one."""

from datetime import date, datetime, timedelta

import pytest

from duly.timing.solve import Outcome, solve
from duly.timing.window import Arc, Calendar, Cap, Days, Passed, Rolling, Schedule, Sent
from duly.timing.zone import zone

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what a clock on the wall shows has no zone
EVENING = Schedule(at=(18 * HOUR,))
NIGHT = Arc(22 * HOUR, 8 * HOUR)


def utc(text):
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def text(instant):
    return None if instant is None else str(EPOCH + timedelta(microseconds=instant))[:16]


def day(on):
    return (date.fromisoformat(on) - date(1970, 1, 1)).days


def sent(place, *instants):
    return [Sent(utc(instant), zone(place).wall(utc(instant))) for instant in instants]


def ask(schedule, place, base, now=None, lives=3 * DAY, quiet=(), **others):
    base = utc(base)
    now = base if now is None else utc(now)
    quiet = [(arc, zone(place)) for arc in quiet]
    return solve(schedule, zone(place), base=base, now=now, expiry=base + lives, quiet=quiet, **others)


def when(*question, **others):
    return text(ask(*question, **others).at)


def test_nothing_in_the_way_is_now():
    solution = ask(Schedule(), "UTC", "2026-05-04 10:00", now="2026-05-04 10:01")
    assert (solution.outcome, text(solution.at), text(solution.opened)) == (
        Outcome.NOW,
        "2026-05-04 10:01",
        "2026-05-04 10:00",
    )
    assert solution.moved_by == ()


def test_after_moves_the_earliest_instant():
    assert when(Schedule(after=2 * HOUR), "UTC", "2026-05-04 10:00") == "2026-05-04 12:00"


def test_nothing_is_before_now_nor_as_late_as_the_expiry():
    assert ask(Schedule(), "UTC", "2026-05-04 10:00", lives=0).outcome is Outcome.EXPIRES
    at_expiry = ask(EVENING, "UTC", "2026-05-04 17:00", lives=HOUR)
    assert (at_expiry.outcome, at_expiry.at, at_expiry.first) == (Outcome.EXPIRES, None, None)
    assert when(EVENING, "UTC", "2026-05-04 17:00", lives=HOUR + 1) == "2026-05-04 18:00"


@pytest.mark.parametrize(
    ("place", "base", "at"),
    [
        ("America/New_York", "2026-03-08 00:30", "2026-03-08 22:00"),  # asked at EST, due at EDT
        ("America/New_York", "2026-10-31 22:30", "2026-10-31 22:30"),  # inside the grace
        ("America/New_York", "2026-10-31 23:30", "2026-11-01 23:00"),
        ("Europe/Berlin", "2026-03-28 19:00", "2026-03-29 16:00"),
        ("Australia/Sydney", "2026-10-03 12:00", "2026-10-04 07:00"),  # the south goes the other way
        ("Australia/Lord_Howe", "2026-10-03 12:00", "2026-10-04 07:00"),
        ("Australia/Lord_Howe", "2026-04-04 12:00", "2026-04-05 07:30"),
        ("Antarctica/Troll", "2026-03-28 20:00", "2026-03-29 16:00"),
        ("Africa/Casablanca", "2026-02-14 20:00", "2026-02-15 18:00"),
        ("Pacific/Apia", "2011-12-30 05:00", "2011-12-31 04:00"),  # the evening after the 29th is the 31st
    ],
)
def test_a_time_of_day_is_resolved_on_its_own_date(place, base, at):
    assert when(EVENING, place, base) == at


@pytest.mark.parametrize(
    ("place", "time", "base", "at"),
    [
        ("America/New_York", 150, "2026-03-08 05:00", "2026-03-08 07:30"),  # 02:30 becomes 03:30
        ("America/New_York", 90, "2026-11-01 04:00", "2026-11-01 05:30"),  # the first 01:30
        ("America/New_York", 90, "2026-11-01 06:30", "2026-11-02 06:30"),  # the second is not meant
        ("America/Havana", 0, "2026-03-07 12:00", "2026-03-08 05:00"),  # midnight becomes 01:00
        ("Australia/Lord_Howe", 135, "2026-10-03 12:00", "2026-10-03 15:45"),
    ],
)
def test_times_of_day_in_gaps_and_overlaps(place, time, base, at):
    assert when(Schedule(at=(time * MINUTE,)), place, base) == at


def test_a_window_moved_over_midnight_by_a_gap_comes_after_an_earlier_one_of_the_next_date():
    # In Nuuk 2031-03-29 goes from 23:00 to 24:00 at once: 23:30 is 00:30 of the 30th.
    schedule = Schedule(at=(10 * MINUTE, 23 * HOUR + 30 * MINUTE))
    assert when(schedule, "America/Nuuk", "2031-03-29 23:00") == "2031-03-30 01:10"


def test_a_window_may_open_on_a_date_that_the_clock_then_leaves_again():
    # In St. John's 2010-11-07 begins at 02:30, and a minute later it is 23:01 of the 6th once more.
    midnight = Schedule(at=(0,))
    place, base = "America/St_Johns", "2010-11-06 12:00"
    lives = utc("2010-11-07 03:00") - utc(base)
    assert when(midnight, place, base, lives=lives) == "2010-11-07 02:30"
    assert when(midnight, place, "2010-11-07 03:00") == "2010-11-07 03:00"
    quiet = (Arc(0, 8 * HOUR),)
    assert when(Schedule(), place, "2010-11-07 03:00", quiet=quiet) == "2010-11-07 11:30"


def test_a_time_of_day_within_its_grace_is_now_and_then_the_next_day():
    assert ask(EVENING, "UTC", "2026-05-04 18:59").outcome is Outcome.NOW
    assert when(EVENING, "UTC", "2026-05-04 19:00") == "2026-05-05 18:00"


def test_an_outage_inside_the_grace_does_not_lose_the_window():
    late = ask(EVENING, "UTC", "2026-05-04 10:00", now="2026-05-04 18:20")
    assert (late.outcome, text(late.opened)) == (Outcome.NOW, "2026-05-04 18:00")


@pytest.mark.parametrize(
    ("passed", "grace", "base", "at"),
    [
        (Passed.NEXT_DAY, HOUR, "2026-05-04 18:00", "2026-05-04 18:00"),
        (Passed.NEXT_DAY, HOUR, "2026-05-04 18:01", "2026-05-05 18:00"),
        (Passed.WITHIN, 3 * HOUR, "2026-05-04 20:59", "2026-05-04 20:59"),
        (Passed.WITHIN, 3 * HOUR, "2026-05-04 21:00", "2026-05-05 18:00"),
        (Passed.WITHIN, 30 * HOUR, "2026-05-04 17:00", "2026-05-04 17:00"),
        (Passed.DROP, HOUR, "2026-05-04 17:00", "2026-05-04 18:00"),
        (Passed.DROP, HOUR, "2026-05-04 18:01", None),
    ],
)
def test_what_becomes_of_a_time_that_has_passed(passed, grace, base, at):
    assert when(Schedule(at=(18 * HOUR,), passed=passed, grace=grace), "UTC", base) == at


def test_a_dropped_window_has_passed_unless_the_expiry_came_first():
    drop = Schedule(at=(18 * HOUR,), passed=Passed.DROP)
    assert ask(drop, "UTC", "2026-05-04 18:01").outcome is Outcome.PASSED
    assert ask(drop, "UTC", "2026-05-04 17:00", now="2026-05-04 19:00").outcome is Outcome.PASSED
    assert ask(drop, "UTC", "2026-05-04 17:00", quiet=[Arc(17 * HOUR, 20 * HOUR)]).outcome is Outcome.PASSED
    assert ask(drop, "UTC", "2026-05-04 17:00", lives=HOUR).outcome is Outcome.EXPIRES


def test_several_times_of_day_and_arcs_are_unions_and_both_have_to_be_open():
    schedule = Schedule(at=(9 * HOUR, 18 * HOUR), between=(Arc(10 * HOUR, 12 * HOUR), Arc(18 * HOUR + 1, 20 * HOUR)))
    assert ask(schedule, "UTC", "2026-05-04 00:00").at == utc("2026-05-04 18:00") + 1


def test_an_arc_is_half_open():
    office = Schedule(between=(Arc(9 * HOUR, 17 * HOUR),))
    assert when(office, "UTC", "2026-05-04 09:00") == "2026-05-04 09:00"
    assert ask(office, "UTC", "2026-05-04 16:59").outcome is Outcome.NOW
    assert when(office, "UTC", "2026-05-04 17:00") == "2026-05-05 09:00"


def test_days_judge_the_date_on_which_an_arc_opens():
    late = Schedule(between=(Arc(22 * HOUR, 2 * HOUR),), days=Days(weekdays=0b0010000))  # Fridays
    assert when(late, "UTC", "2026-05-09 01:00") == "2026-05-09 01:00"  # Saturday, of Friday's arc
    assert when(late, "UTC", "2026-05-08 01:00") == "2026-05-08 22:00"  # Friday, of Thursday's arc


def test_days_alone_are_whole_local_days():
    weekend = Schedule(days=Days(weekdays=0b1100000))
    assert when(weekend, "America/New_York", "2026-03-04 12:00") == "2026-03-07 05:00"
    assert ask(weekend, "America/New_York", "2026-03-09 03:59").outcome is Outcome.NOW  # Sunday 23:59
    assert when(weekend, "America/New_York", "2026-03-09 04:00", lives=9 * DAY) == "2026-03-14 04:00"


def test_a_date_that_never_was_opens_nothing():
    on_the_date = Schedule(at=(18 * HOUR,), days=Days(dates=((day("2011-12-30"), day("2011-12-30")),)))
    assert ask(on_the_date, "Pacific/Apia", "2011-12-29 00:00", lives=9 * DAY).outcome is Outcome.EXPIRES


def test_holidays_are_looked_up_by_local_date():
    off = Schedule(at=(10 * HOUR,), days=Days(holidays="not on"))
    holiday = {day("2026-07-14"), day("2026-07-15")}.__contains__
    assert when(off, "Europe/Paris", "2026-07-13 12:00", holiday=holiday, lives=9 * DAY) == "2026-07-16 08:00"


def test_quiet_hours_across_midnight_end_at_the_wall_time_of_the_morning():
    assert when(Schedule(), "America/New_York", "2026-03-08 04:00", quiet=[NIGHT]) == "2026-03-08 12:00"
    assert when(Schedule(), "America/New_York", "2026-11-01 04:00", quiet=[NIGHT]) == "2026-11-01 13:00"
    assert ask(Schedule(), "UTC", "2026-05-04 08:00", quiet=[NIGHT]).outcome is Outcome.NOW


def test_quiet_hours_go_by_the_clock_of_their_own_zone_and_the_strictest_wins():
    quiet = [(NIGHT, zone("UTC")), (NIGHT, zone("America/New_York"))]
    base = utc("2026-05-04 03:00")
    solution = solve(Schedule(), zone("UTC"), base=base, now=base, expiry=base + DAY, quiet=quiet)
    assert (text(solution.at), solution.moved_by) == ("2026-05-04 12:00", ("quiet",))


@pytest.mark.parametrize("quiet", [[Arc(0, 0)], [Arc(8 * HOUR, 20 * HOUR), Arc(20 * HOUR, 8 * HOUR)]])
def test_without_a_loud_minute_it_expires(quiet):
    assert ask(Schedule(), "UTC", "2026-05-04 08:00", lives=400 * DAY, quiet=quiet).outcome is Outcome.EXPIRES


def test_quiet_hours_over_the_time_of_day_leave_the_rest_of_its_grace():
    assert when(EVENING, "UTC", "2026-05-04 08:00", quiet=[Arc(12 * HOUR, 18 * HOUR + 1)])[:16] == "2026-05-04 18:00"
    assert ask(EVENING, "UTC", "2026-05-04 08:00", quiet=[Arc(12 * HOUR, 19 * HOUR)]).outcome is Outcome.EXPIRES


def test_a_gap_defers_jointly_with_the_schedule():
    solution = ask(EVENING, "UTC", "2026-05-04 17:00", gap=3 * HOUR, last_send=utc("2026-05-04 16:30"))
    assert text(solution.at) == "2026-05-05 18:00"
    assert solution.moved_by == ("schedule", "gap")
    assert (
        when(Schedule(), "UTC", "2026-05-04 17:00", gap=HOUR, last_send=utc("2026-05-04 16:30")) == "2026-05-04 17:30"
    )


def test_a_full_cap_suppresses_and_says_when_it_frees():
    caps = [(Cap(1, Calendar("day")), sent("America/New_York", "2026-03-07 20:00"))]
    solution = ask(Schedule(), "America/New_York", "2026-03-07 21:00", caps=caps)
    assert (solution.outcome, solution.at, text(solution.frees)) == (Outcome.CAPPED, None, "2026-03-08 05:00")
    assert (solution.cap, solution.count) == (0, 1)


def test_a_cap_is_judged_on_the_day_of_the_notification_not_of_the_question():
    caps = [(Cap(1, Calendar("day")), sent("UTC", "2026-05-04 12:00"))]
    assert when(EVENING, "UTC", "2026-05-04 20:00", caps=caps) == "2026-05-05 18:00"


def test_the_cap_that_frees_last_is_named():
    sents = sent("UTC", "2026-05-04 12:00", "2026-05-04 13:00")
    caps = [(Cap(2, Calendar("day")), sents), (Cap(5, Rolling(DAY)), sents), (Cap(1, Rolling(7 * DAY)), sents)]
    solution = ask(Schedule(), "UTC", "2026-05-04 14:00", caps=caps)
    assert (solution.cap, solution.count, text(solution.frees)) == (2, 2, "2026-05-11 13:00")
    never = ask(Schedule(), "UTC", "2026-05-04 14:00", caps=[*caps, (Cap(0, Calendar("month")), ())], wait=DAY)
    assert (never.outcome, never.cap, never.count, never.frees) == (Outcome.CAPPED, 3, 0, None)


def test_waiting_defers_when_the_slot_frees_in_time_counted_from_the_trigger():
    caps = [(Cap(1, Rolling(DAY)), sent("UTC", "2026-05-04 06:00"))]
    question = (Schedule(), "UTC", "2026-05-04 10:00")
    later = ask(*question, caps=caps, wait=20 * HOUR)
    assert (later.outcome, text(later.at), later.moved_by) == (Outcome.LATER, "2026-05-05 06:00", ("caps",))
    assert ask(*question, caps=caps, wait=20 * HOUR - 1).outcome is Outcome.CAPPED
    asked_again = ask(*question, now="2026-05-05 05:00", caps=caps, wait=20 * HOUR)
    assert text(asked_again.at) == "2026-05-05 06:00"
    assert text(asked_again.opened) == "2026-05-04 10:00"


def test_waiting_ends_at_the_first_instant_that_everything_permits():
    caps = [(Cap(1, Rolling(DAY)), sent("UTC", "2026-05-04 12:00"))]
    assert when(EVENING, "UTC", "2026-05-04 17:00", caps=caps, wait=DAY) == "2026-05-05 18:00"
    short = ask(EVENING, "UTC", "2026-05-04 17:00", caps=caps, wait=DAY, lives=DAY)
    assert (short.outcome, text(short.frees)) == (Outcome.EXPIRES, "2026-05-05 12:00")


def test_a_rolling_slot_frees_to_the_microsecond():
    caps = [(Cap(1, Rolling(HOUR)), [Sent(utc("2026-05-04 12:00") + 7, 0)])]
    assert ask(Schedule(), "UTC", "2026-05-04 12:30", caps=caps).frees == utc("2026-05-04 13:00") + 7


def test_a_new_day_frees_a_slot_at_the_local_midnight_of_a_changed_zone():
    caps = [(Cap(1, Calendar("day")), sent("Asia/Tokyo", "2026-05-04 10:00"))]
    assert text(ask(Schedule(), "Europe/London", "2026-05-04 12:00", caps=caps).frees) == "2026-05-04 23:00"


def test_an_expiry_in_the_distant_future_is_answered():
    never = Schedule(at=(18 * HOUR,), days=Days(dates=((1, 1),)))
    assert ask(never, "Europe/Paris", "2026-05-04 12:00", lives=1 << 59).outcome is Outcome.EXPIRES
