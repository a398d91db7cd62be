"""Random questions to the solver, most of them near a change of the clock."""

from datetime import UTC, date, datetime
from functools import cache
from random import Random

from duly.timing.window import Arc, Calendar, Cap, Days, Passed, Rolling, Schedule, Sent
from duly.timing.zone import known_zones, zone

from .oracle import MINUTE, Case

HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR_1975 = 1826 * DAY
YEAR_2010 = 14610 * DAY
YEAR_2038 = 24837 * DAY
YEAR_2100 = 47482 * DAY
NAMES = sorted(known_zones())
HARD = (
    "Africa/Cairo", "Africa/Casablanca", "America/Asuncion", "America/Goose_Bay", "America/Havana",
    "America/New_York", "America/Nuuk", "America/Santiago", "America/Sao_Paulo", "America/Scoresbysund",
    "America/St_Johns", "Antarctica/Casey", "Antarctica/Troll", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu",
    "Asia/Pyongyang", "Asia/Tehran", "Atlantic/Azores", "Australia/Lord_Howe", "Europe/Dublin", "Europe/London",
    "Europe/Paris", "Pacific/Apia", "Pacific/Chatham", "Pacific/Easter", "Pacific/Fakaofo", "Pacific/Kiritimati",
    "Pacific/Kwajalein",
)  # fmt: skip


# Changes that the wall calendar felt: dates skipped, and clocks put back over midnight.
ODD_MOMENTS = (
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Pacific/Fakaofo", datetime(2011, 12, 30, 11, tzinfo=UTC)),
    ("Pacific/Kwajalein", datetime(1993, 8, 21, 12, tzinfo=UTC)),
    ("Pacific/Kiritimati", datetime(1994, 12, 31, 10, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
    ("America/St_Johns", datetime(1999, 10, 31, 2, 31, tzinfo=UTC)),
    ("America/Goose_Bay", datetime(2010, 11, 7, 3, 1, tzinfo=UTC)),
    ("America/Nuuk", datetime(2024, 3, 31, 1, tzinfo=UTC)),
    ("America/Nuuk", datetime(2031, 3, 30, 1, tzinfo=UTC)),
    ("America/Scoresbysund", datetime(2026, 3, 29, 1, tzinfo=UTC)),
)


class Dice(Random):
    """Random numbers of minutes on a grid: on a coarse one, instants that happen to be equal are common."""

    grid = MINUTE

    def span(self, low, high):
        """Microseconds in `[low, high)`, both in minutes, on the grid."""
        return self.randrange(low * MINUTE, high * MINUTE, MINUTE) // self.grid * self.grid


@cache
def changes(name, low, high):
    """The instants in a stretch at which the clocks of a zone change."""
    place, found, instant = zone(name), [], zone(name).span(low)[1]
    while instant < high:
        if place.offset(instant) != place.offset(instant - 1):
            found.append(instant)
        instant = place.span(instant)[1]
    return found


def random_case(seed):
    """The case of that number; the same on every machine with the same tzdata."""
    r = Dice(seed)
    r.grid = r.choice((1, 1, 30)) * MINUTE
    name = r.choice(HARD) if r.random() < 0.35 else r.choice(NAMES)
    middle, hint = moment(r, name)
    if r.random() < 0.04:
        name, odd = r.choice(ODD_MOMENTS)
        middle = int(odd.timestamp()) * 1_000_000
        hint = zone(name).wall(middle - r.randrange(2)) % DAY
    base = middle + r.span(-2_880, 1_440)
    now = base + r.choice((0, 0, 0, r.span(0, 90), r.span(0, 3_000), -r.span(0, 90)))
    return Case(
        schedule=random_schedule(r, hint, base),
        zone=name,
        base=base,
        now=now,
        expiry=base + lifetime(r),
        quiet=tuple(random_quiet(r, name, hint) for _ in range(r.choice((0, 0, 1, 1, 1, 2)))),
        caps=() if r.random() < 0.3 else random_caps(r, name, max(base, now)),
        gap=r.choice((0, r.span(1, 600), r.span(1, 3_000))),
        last_send=r.choice((None, base - r.span(0, 2_880))),
        wait=r.choice((None, r.span(0, 1_440), r.span(0, 13_000))),
        holidays=r.choice((None, frozenset(base // DAY + r.randrange(-3, 6) for _ in range(3)))),
        calendar=r.choice(NAMES) if r.random() < 0.2 else "",
    )


def moment(r, name):
    """An instant, and a time of day at which something may happen."""
    near = changes(name, YEAR_2010, YEAR_2038)
    ever = changes(name, YEAR_1975, YEAR_2038)
    if ever and r.random() < 0.7:
        change = r.choice(near if near and r.random() < 0.9 else ever)
        return change, zone(name).wall(change - r.randrange(2)) % DAY
    late = r.random() < 0.1
    years = (YEAR_1975, YEAR_2100) if late else (YEAR_2010, YEAR_2038)
    return r.randrange(*years, r.grid), r.span(0, 1_440)


def lifetime(r):
    kind = r.random()
    if kind < 0.02:
        return r.span(0, 45 * 1_440)
    if kind < 0.12:
        return r.span(0, 12 * 1_440)
    return r.choice((DAY, 2 * DAY, r.span(0, 4 * 1_440)))


def time_of_day(r, hint):
    kind = r.random()
    if kind < 0.4:
        return (hint + r.span(-90, 91)) % DAY // MINUTE * MINUTE
    if kind < 0.5:
        return r.span(-60, 60) % DAY
    if kind < 0.6:
        return r.choice((0, 1, 2, 3, 18, 22, 23)) * HOUR
    return r.span(0, 1_440)


def random_arc(r, hint):
    start = time_of_day(r, hint)
    kind = r.random()
    if kind < 0.05:
        return Arc(start, start)
    if kind < 0.3:
        return Arc(start, (start + r.span(1, 120)) % DAY)
    if kind < 0.35:
        return Arc(start, DAY)
    return Arc(start, time_of_day(r, hint))


def random_schedule(r, hint, base):
    passed = r.choice((Passed.GRACE, Passed.GRACE, *Passed))
    within = r.choice((r.span(1, 300), r.span(1, 4_500)))
    at = tuple(time_of_day(r, hint) for _ in range(r.choice((0, 0, 1, 1, 1, 2, 3))))
    arcs = (0, 0, 0, 0, 1, 2) if at else (0, 1, 1, 2)
    return Schedule(
        at=at,
        between=tuple(random_arc(r, hint) for _ in range(r.choice(arcs))),
        days=random_days(r, base) if r.random() < 0.3 else Days(),
        after=r.choice((0, 0, 0, r.span(0, 90), r.span(0, 2_000))),
        passed=passed,
        grace=within if passed is Passed.WITHIN else r.choice((HOUR, HOUR, r.span(0, 7_200))),
    )


def random_days(r, base):
    today = base // DAY
    dates = [sorted(today + r.randrange(-4, 7) for _ in range(2)) for _ in range(r.choice((0, 0, 0, 1, 2)))]
    seasons = [(month_day(r, base), month_day(r, base)) for _ in range(r.choice((0, 0, 0, 1, 2)))]
    return Days(
        weekdays=r.choice((0b1111111, 0b1111111, 0b0011111, 0b1100000, r.randrange(1, 128))),
        dates=tuple((first, last) for first, last in dates),
        seasons=tuple(seasons),
        holidays=r.choice((None, None, "on", "not on")),
    )


def month_day(r, base):
    """A day of the year near `base`, or any."""
    if r.random() < 0.3:
        return r.choice(((2, 29), (1, 1), (12, 31), (r.randrange(1, 13), r.randrange(1, 29))))
    on = date.fromordinal(date(1970, 1, 1).toordinal() + base // DAY + r.randrange(-5, 9))
    return on.month, on.day


def random_quiet(r, name, hint):
    return random_arc(r, hint), name if r.random() < 0.7 else r.choice(NAMES)


def random_caps(r, name, now):
    return tuple(random_cap(r, name, now) for _ in range(r.choice((1, 1, 2, 3))))


def random_cap(r, name, now):
    if r.random() < 0.5:
        duration = r.choice((HOUR, DAY, 7 * DAY, r.span(30, 4_000)))
        window, reach = Rolling(duration), 2 * duration
    else:
        unit = r.choice(("hour", "hour", "day", "day", "day", "week", "month"))
        window = Calendar(unit)
        reach = {"hour": 3 * HOUR, "day": 2 * DAY, "week": 8 * DAY, "month": 33 * DAY}[unit]
    limit = 0 if r.random() < 0.02 else r.choice((1, 1, 1, 2, 2, 3, 5))
    sents = [random_sent(r, name, now, reach) for _ in range(r.choice((0, 1, 2, 3, 6)))]
    return Cap(limit, window), tuple(sorted(sents))


def random_sent(r, name, now, reach):
    """A grant of the past, seldom one that another clock stamped later than now, or in another zone."""
    at = now + r.span(0, 60) if r.random() < 0.03 else now - r.span(0, reach // MINUTE)
    place = name if r.random() < 0.85 else r.choice(NAMES)
    return Sent(at, zone(place).wall(at))
