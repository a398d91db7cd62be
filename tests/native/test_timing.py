"""The compiled core says about time what the Python solver says, to the microsecond."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from random import Random

import pytest

from duly.native.timing import lower_arc, lower_cap, lower_schedule
from duly.native.zones import AHEAD, zone_parts
from duly.timing.solve import _MOVED, Outcome, solve
from duly.timing.window import Arc, Calendar, Cap, Days, Passed, Rolling, Schedule, Sent, period_end, period_start
from duly.timing.zone import Zone, known_zones, zone
from tests.timing.cases import HARD, ODD_MOMENTS, Dice, changes, random_arc, random_case, random_quiet

native = pytest.importorskip("duly._native")

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
YEAR = 365 * DAY
NOW = int(datetime(2026, 6, 3, 9, 30, tzinfo=UTC).timestamp()) * SECOND
NAMES = sorted(known_zones())
ODD = (*HARD, "UTC", "Etc/GMT+12", "Etc/GMT-14", "Africa/Monrovia", "Antarctica/Vostok", "Factory")
OUTCOMES = tuple(Outcome)
DECLINED = "declined"

zones = native.Zones(zone_parts)


@cache
def schedule_of(schedule):
    lowered = lower_schedule(schedule)
    arcs = [native.Arc(**arc) for arc in lowered.pop("between")]
    return native.Schedule(between=arcs, **lowered.pop("days"), **lowered)


def natively(schedule, place, *, base, now, expiry, quiet=(), caps=(), gap=0, last_send=None, wait=None, calendar=None):
    """What the core says, in the form of `plain`; DECLINED where it leaves the question to Python."""
    try:
        outcome, at, frees, opened, first, moved, cap, count = native.solve(
            schedule_of(schedule),
            zones.find(place),
            base=base,
            now=now,
            expiry=expiry,
            quiet=[(native.Arc(**lower_arc(arc)), zones.find(name)) for arc, name in quiet],
            caps=[(native.Cap(**lower_cap(cap)), [(sent.at, sent.wall) for sent in sents]) for cap, sents in caps],
            gap=gap,
            last_send=last_send,
            wait=wait,
            calendar=zones.find(calendar) if calendar else None,
        )
    except native.Declined:
        return DECLINED
    return OUTCOMES[outcome], at, frees, opened, first, _MOVED[moved], None if cap < 0 else cap, count


def in_python(schedule, place, *, quiet=(), calendar=None, **others):
    found = solve(
        schedule,
        zone(place),
        quiet=[(arc, zone(name)) for arc, name in quiet],
        calendar=zone(calendar) if calendar else None,
        **others,
    )
    return found.outcome, found.at, found.frees, found.opened, found.first, found.moved_by, found.cap, found.count


def question(seed):
    """One of the questions that the solver is tested with, without holidays, as the arguments of the two above."""
    case = random_case(seed)
    schedule = replace(case.schedule, days=replace(case.schedule.days, holidays=None))
    names = ("base", "now", "expiry", "quiet", "caps", "gap", "last_send", "wait")
    return (schedule, case.zone), {name: getattr(case, name) for name in names} | {"calendar": case.calendar}


def calm_question(seed):
    """A question of everyday: of these years, in any zone, to the microsecond; most of them are far from any change."""
    r = Dice(seed)
    name = r.choice(NAMES)
    base = NOW + r.randrange(-3 * YEAR, 3 * YEAR)
    now = base + r.choice((0, r.randrange(HOUR), r.randrange(3 * DAY)))
    hint = r.randrange(DAY)
    at = tuple(r.randrange(DAY) for _ in range(r.choice((0, 0, 1, 2))))
    schedule = Schedule(
        at=at,
        between=tuple(random_arc(r, hint) for _ in range(r.choice((0, 0, 1, 2)))),
        days=Days(weekdays=r.choice((0b1111111, 0b1111111, r.randrange(1, 128)))),
        after=r.choice((0, 0, r.randrange(2 * DAY))),
        passed=r.choice(tuple(Passed)),
        grace=r.choice((HOUR, r.randrange(1, 3 * DAY))),
    )
    windows = (Rolling(r.randrange(1, 9 * DAY)), *map(Calendar, ("hour", "day", "week", "month")))
    caps = [(Cap(r.randrange(1, 4), r.choice(windows)), sents(r, name, now)) for _ in range(r.choice((0, 1, 2, 4)))]
    return (schedule, name), {
        "base": base,
        "now": now,
        "expiry": base + r.choice((DAY, 7 * DAY, r.randrange(30 * DAY), 20 * YEAR)),
        "quiet": [random_quiet(r, name, hint) for _ in range(r.choice((0, 0, 1, 2)))],
        "caps": caps,
        "gap": r.choice((0, HOUR, r.randrange(3 * DAY))),
        "last_send": r.choice((None, now - r.randrange(3 * DAY))),
        "wait": r.choice((None, r.randrange(40 * DAY))),
        "calendar": r.choice(NAMES) if r.random() < 0.1 else None,
    }


def odd_question(seed):
    """A question about the hours in which a date is skipped, or begins twice."""
    r = Dice(seed)
    name, moment = r.choice(ODD_MOMENTS)
    middle = int(moment.timestamp()) * SECOND
    hint = zone(name).wall(middle - r.randrange(2)) % DAY
    base = middle + r.span(-150, 150)
    arcs = [odd_arc(r, hint) for _ in range(r.choice((0, 1, 2)))]
    schedule = Schedule(
        at=tuple((hint + r.span(-70, 70)) % DAY for _ in range(r.choice((0, 0, 1, 2)))),
        between=tuple(odd_arc(r, hint) for _ in range(r.choice((0, 0, 1, 2)))),
        passed=r.choice(tuple(Passed)),
        grace=r.choice((HOUR, r.span(1, 120))),
    )
    options = {"base": base, "now": base + r.choice((0, r.span(0, 90))), "expiry": base + r.span(60, 3_000)}
    return (schedule, name), options | {"quiet": [(arc, name) for arc in arcs]}


def odd_arc(r, hint):
    start = r.choice((0, (hint + r.span(-70, 70)) % DAY))
    return Arc(start, (hint + r.span(-70, 70) + r.choice((0, 0, 8 * HOUR))) % DAY)


def sents(r, name, now):
    found = sorted(now - r.randrange(r.choice((HOUR, 2 * DAY, 40 * DAY))) for _ in range(r.randrange(6)))
    return tuple(Sent(at, zone(name).wall(at)) for at in found)


def differences(ask, seeds):
    """The seeds to which the two have different answers, and how many questions were declined."""
    different, declined = [], 0
    for seed in seeds:
        arguments, options = ask(seed)
        got = natively(*arguments, **options)
        if got == DECLINED:
            declined += 1
        elif got != in_python(*arguments, **options):
            different.append(seed)
    return different, declined


@pytest.mark.parametrize("ask", [question, calm_question, odd_question])
def test_the_core_solves_what_python_solves(ask):
    different, declined = differences(ask, range(2_000))
    assert not different, f"seeds of {ask.__name__}"
    assert declined < 100  # the years from 2052 on


def test_all_outcomes_and_gates_are_met():
    answers = [natively(*arguments, **options) for arguments, options in map(question, range(1_500))]
    answered = [answer for answer in answers if answer != DECLINED]
    assert {answer[0] for answer in answered} == set(Outcome)
    assert {answer[5] for answer in answered} >= {(), ("schedule",), ("quiet",), ("gap",), ("schedule", "caps")}


def moments(r, name):
    """Instants near changes of the clock, to the microsecond and to the day, and far away."""
    near = changes(name, -60 * YEAR, NOW + 20 * YEAR) or [0]
    steps = (0, 1, -1, HOUR, -HOUR, r.randrange(-3 * DAY, 3 * DAY), 2 * DAY, -2 * DAY, 2 * DAY - 1, -2 * DAY - 1)
    return [r.choice(near) + r.choice(steps) if r.random() < 0.8 else r.randrange(-(10**17), NOW) for _ in range(60)]


def test_a_zone_is_the_zone_of_python():
    r = Random(7)
    for name in (*ODD, *r.sample(NAMES, 60)):
        python = Zone(name)
        known, skipped = python.known(NOW + AHEAD)
        parts = (*known, sorted(skipped))
        core = native.Zones(lambda _, parts=parts: parts).find(name)
        assert core.name == name
        assert core.until == python.known(0)[0].until
        for instant in moments(r, name):
            for method in ("offset", "wall", "span", "calm"):
                assert getattr(core, method)(instant) == getattr(python, method)(instant), (name, method, instant)
            assert core.resolve(instant) == python.resolve(instant), (name, instant)
            wall = python.wall(instant)
            assert core.resolve(wall) == python.resolve(wall), (name, wall)
            assert core.exists(wall // DAY) == python.exists(wall // DAY), (name, wall)


def test_dates_that_never_were():
    for name, moment in ODD_MOMENTS:
        day = int(moment.timestamp()) * SECOND // DAY
        found = [zones.find(name).exists(near) for near in range(day - 2, day + 3)]
        assert found == [zone(name).exists(near) for near in range(day - 2, day + 3)]
    assert not zones.find("Pacific/Apia").exists((date(2011, 12, 30) - date(1970, 1, 1)).days)


def test_a_zone_declines_what_it_does_not_know():
    core = zones.find("Europe/Paris")
    assert core.offset(core.until - 1) == zone("Europe/Paris").offset(core.until - 1)
    assert core.resolve(core.until - DAY - 1) == zone("Europe/Paris").resolve(core.until - DAY - 1)
    for ask, place in ((core.offset, core.until), (core.calm, core.until + YEAR), (core.resolve, core.until - DAY)):
        with pytest.raises(native.Declined):
            ask(place)
    with pytest.raises(native.Declined):
        core.span(-(1 << 63))


def test_a_zone_is_loaded_once_and_a_name_of_none_is_none():
    asked = []
    loaded = native.Zones(lambda name: asked.append(name) or zone_parts(name))
    assert loaded.find("Asia/Kathmandu") is loaded.find("Asia/Kathmandu")
    assert [loaded.find(name) for name in ("Mars/Olympus", "europe/paris", "", "Zürich", "a\0b")] == [None] * 5
    assert asked[:2] == ["Asia/Kathmandu", "Mars/Olympus"]


def test_a_zone_that_others_load_meanwhile_is_one():
    """While Python looks a zone up, other threads may ask for it as well."""

    def load(name):
        asked.append(name)
        if len(asked) < 40:
            found.append(loaded.find(name))
            found.extend(loaded.find(f"Etc/GMT+{number}") for number in range(1, 13) if len(asked) == 20)
        return zone_parts(name)

    asked, found = [], []
    loaded = native.Zones(load)
    name = "America/Argentina/ComodRivadavia"
    found.append(loaded.find(name))
    assert {each.name for each in found} >= {name}
    assert {id(each) for each in found if each.name == name} == {id(loaded.find(name))}
    assert all(each.wall(NOW) == zone(each.name).wall(NOW) for each in found)


def test_dates_of_all_years():
    epoch = date(1970, 1, 1).toordinal()
    for ordinal in (*range(1, 800_000, 97), *range(epoch - 1_500, epoch + 25_000), date.max.toordinal()):
        on = date.fromordinal(ordinal)
        assert native.date_of(ordinal - epoch) == (on.year, on.month, on.day)
        assert native.day_of(on.year, on.month, on.day) == ordinal - epoch
    for day in (-epoch, date.max.toordinal() - epoch + 1):
        with pytest.raises(native.Declined):
            native.date_of(day)


def test_periods_of_the_calendar():
    r = Random(11)
    for number, unit in enumerate(("hour", "day", "week", "month"), start=1):
        for _ in range(300):
            wall = r.randrange(-60 * YEAR, 200 * YEAR) // r.choice((1, DAY)) * r.choice((1, DAY))
            wall = max(-60 * YEAR, min(wall, 200 * YEAR))
            assert native.period(number, wall) == (period_start(unit, wall), period_end(unit, wall)), (unit, wall)


def test_holidays_are_left_to_python():
    assert lower_schedule(Schedule(days=Days(holidays="on"))) is None
    assert lower_schedule(Schedule(days=Days(weekdays=1))) is not None


def test_the_edges_are_on_the_same_side():
    evening, gap = Schedule(at=(10 * HOUR,), passed=Passed.DROP), {"gap": HOUR, "last_send": NOW}
    soon = NOW + HOUR // 2  # it opens; NOW is 09:30
    early, late = Schedule(at=(9 * HOUR,), passed=Passed.DROP), {"base": NOW - DAY, "now": NOW}
    for edge in (-1, 0, 1):
        day = (NOW + 5 * DAY) // DAY + 3_660 + edge
        far = Schedule(after=5 * DAY, between=(Arc(0, 0),), days=Days(dates=((day, day),)))
        for schedule, options in (
            (evening, {"base": NOW, "now": soon + HOUR + edge, "expiry": NOW + DAY}),
            (evening, {"base": NOW, "now": NOW, "expiry": soon + edge}),
            (evening, {"base": NOW, "now": soon + HOUR, "expiry": soon + HOUR + edge}),
            (early, late | {"expiry": NOW - DAY // 2 + edge}),
            (Schedule(), {"base": NOW, "now": NOW + HOUR + edge, "expiry": NOW + DAY} | gap),
            (Schedule(), {"base": NOW + HOUR + edge, "now": NOW, "expiry": NOW + DAY} | gap),
            (far, {"base": NOW, "now": NOW, "expiry": NOW + 20 * YEAR}),
        ):
            assert natively(schedule, "UTC", **options) == in_python(schedule, "UTC", **options), (edge, options)


ANY = {"base": NOW, "now": NOW, "expiry": NOW + DAY}
DAILY = Cap(1, Calendar("day"))


@pytest.mark.parametrize(
    "options",
    [
        ANY | {"base": 1 << 62},
        ANY | {"now": -(1 << 62)},
        ANY | {"last_send": NOW, "gap": 1 << 62},
        ANY | {"wait": 1 << 62},
        ANY | {"caps": [(Cap(1, Rolling(1 << 62)), [Sent(1 << 62, 0)])]},
        ANY | {"caps": [(Cap(1, Calendar("hour")), [Sent(1 << 62, -(1 << 62))] * 2)]},
        ANY | {"caps": [(Cap(1, Rolling(1 << 61)), [Sent(NOW, NOW)]), (DAILY, [Sent(NOW, NOW)])]},
    ],
)
def test_numbers_beyond_reason_are_declined_or_right(options):
    assert natively(Schedule(), "UTC", **options) in (DECLINED, in_python(Schedule(), "UTC", **options))


def test_an_expiry_of_never_is_no_reason_to_decline():
    options = ANY | {"expiry": (1 << 63) - 1}
    for schedule in (
        Schedule(),
        Schedule(at=(HOUR,)),
        Schedule(between=(Arc(HOUR, 2 * HOUR),), days=Days(dates=((0, 1),))),
    ):
        assert natively(schedule, "America/St_Johns", **options) == in_python(schedule, "America/St_Johns", **options)


def test_what_only_two_numbers_tell_is_not_mistaken():
    """Lowered windows of the day must lie within it, as in Python."""
    for start, end in ((-1, 0), (DAY, 0), (0, DAY + 1)):
        with pytest.raises(native.Declined):
            native.Arc(start, end)
    assert natively(Schedule(between=(Arc(0, DAY),)), "UTC", **ANY)[0] is Outcome.NOW
