"""What caps mean, the slow way: a plain list of grants that is recounted from scratch for every question."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from duly.meaning.model import DAY, MINUTE, SECOND, Rolling

QUARTER = 15 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(instant, zone):
    return (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))


def label(unit, moment):
    """What two local moments of one calendar period have in common."""
    match unit:
        case "hour":
            return moment.date(), moment.hour, moment.utcoffset()
        case "day":
            return moment.date()
        case "week":
            return moment.isocalendar()[:2]
        case "month":
            return moment.year, moment.month


@dataclass
class Grant:
    at: int
    zone: str
    rule: str
    thing: str
    decision: bytes
    held_until: int = 0
    origin: "Waiting | None" = None


@dataclass
class Waiting:
    rule: str
    thing: str
    decision: bytes
    time: int
    due: int
    message: str


@dataclass
class Ledger:
    """`rules` by name; `limits` of the house; `zone` is the user's now."""

    rules: dict
    limits: tuple = ()
    gap: int = 0
    zone: str = "UTC"
    grants: list = field(default_factory=list)
    waiting: list = field(default_factory=list)

    def copy(self):
        return replace(self, grants=list(self.grants), waiting=list(self.waiting))

    def lapse(self, now):
        over = [grant for grant in self.grants if grant.held_until and grant.held_until <= now]
        self.grants = [grant for grant in self.grants if grant not in over]
        self.waiting += [replace(grant.origin, due=now) for grant in over]

    def solve(self, waiting, now, grants):
        """`("now" | "later" | "capped", instant)` for something triggered at its `time`."""
        floor = max([waiting.time, *(grant.at + self.gap for grant in grants if self.gap)])
        first = max(floor, now)
        frees = self.frees(waiting, first, grants)
        if frees == first:
            return ("now", first) if first == now else ("later", first)
        wait = self.rules[waiting.rule].wait
        return ("later", frees) if wait is not None and frees <= floor + wait else ("capped", frees)

    def frees(self, waiting, first, grants):
        """The first instant from `first` on at which no cap is full."""
        caps = list(self.caps(waiting, grants))
        return next(t for t in self.edges(caps, first) if all(self.count(c, s, t) < c.limit for c, s in caps))

    def caps(self, waiting, grants):
        for cap in self.rules[waiting.rule].caps:
            things = [waiting.thing] if cap.per_product else {grant.thing for grant in grants}
            yield cap, [grant for grant in grants if grant.rule == waiting.rule and grant.thing in things]
        for limit in self.limits:
            yield limit, grants

    def count(self, cap, grants, instant):
        if isinstance(cap.window, Rolling):
            return sum(instant - cap.window.duration < grant.at for grant in grants)
        unit = cap.window.unit
        here = label(unit, local(instant, self.zone))
        return sum(label(unit, local(grant.at, grant.zone)) == here for grant in grants)

    def edges(self, caps, first):
        """`first` and every later instant at which a count can change, in order."""
        yield first
        rolling = {g.at + c.window.duration for c, s in caps if isinstance(c.window, Rolling) for g in s}
        units = {c.window.unit for c, _ in caps if not isinstance(c.window, Rolling)}
        quarters = range(first - first % QUARTER + QUARTER, first + 3 * DAY, QUARTER) if "hour" in units else ()
        today = local(first, self.zone).date()
        midnights = (start_of(today + timedelta(days=days), self.zone) for days in range(1, 75)) if units else ()
        yield from sorted({t for t in (*rolling, *quarters, *midnights) if t > first})


def start_of(date, zone):
    return round(datetime(date.year, date.month, date.day, tzinfo=ZoneInfo(zone)).timestamp()) * SECOND
