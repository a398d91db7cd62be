"""Whether two schedules let the same triggers go out at the same instants: solved side by side at many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from duly.difference.aspect import Aspect, Effect, Witness
from duly.meaning.model import DAY, HOUR, MINUTE, Category, Rule, RuleSet
from duly.planning.gates import duration_text, quiet_of, schedule_of
from duly.planning.plan import QuietPlan
from duly.timing.solve import solve
from duly.timing.window import Schedule
from duly.timing.zone import Zone, zone

ZONES = ("Europe/London", "America/New_York")
"""Where the users live with whom local times are tried."""
MOST = 500
"""How many different pairs of schedules are tried in one comparison; what is beyond is not analysed."""

_EPOCH = date(1970, 1, 1).toordinal()
_DAYS = (*range(9), 30, 61, 91, 122, 152, 183, 213, 244, 274, 305, 335)


@dataclass(frozen=True, slots=True)
class When:
    """Everything about a rule that says when it may send, but for caps and gaps. `expiry` is in microseconds."""

    schedule: Schedule
    quiet: tuple[QuietPlan, ...]
    expiry: int

    @classmethod
    def of(cls, rule: Rule, category: Category, rule_set: RuleSet) -> When:
        """That of a rule in its rule set."""
        return cls(schedule_of(rule.timing), quiet_of(rule, category, rule_set), rule.expiry.after)

    def instant(self, base: int, local: Zone) -> int | None:
        """When a trigger at `base` goes out with a user whose zone is `local`, None when it never does."""
        own = zone(self.schedule.zone) if self.schedule.zone else local
        quiet = [(each.arc, zone(each.zone) if each.zone else own) for each in self.quiet]
        return solve(
            self.schedule, own, base=base, now=base, expiry=base + self.expiry, quiet=quiet, holiday=_holiday
        ).at

    def walls(self) -> Iterator[int]:
        """The times of day at which something begins or ends."""
        for time in self.schedule.at:
            yield from (time, time + self.schedule.grace)
        for arc in (*self.schedule.between, *(each.arc for each in self.quiet)):
            yield from (arc.start, arc.start + arc.length)

    def days(self) -> Iterator[int]:
        """The dates on which something begins or ends, in days since 1970-01-01."""
        for first, last in self.schedule.days.dates:
            yield from (first - 1, first, last, last + 1)


def _holiday(day: int) -> bool:
    """Some days have to be holidays, or it would make no difference."""
    return day % 11 == 0


class Timings:
    """Compares schedules at instants from `start` (microseconds, UTC) on; of equal pairs only the first."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._known: dict[tuple[When, When], Aspect] = {}

    def aspect(self, before: When, after: When) -> Aspect | None:
        """The difference, None when there is none in what is written."""
        if before == after:
            return None
        pair = (before, after)
        if pair not in self._known and len(self._known) >= MOST:
            return Aspect("timing", Effect.UNDECIDED, f"the timing has changed, not analysed beyond {MOST} changes")
        return self._known.setdefault(pair, self._known.get(pair) or self._compared(before, after))

    def _compared(self, before: When, after: When) -> Aspect:
        found: dict[str, Witness] = {}
        tried = 0
        for name in self._zones(before, after):
            local = zone(name)
            for base in self._bases(before, after, local):
                tried += 1
                old, new = before.instant(base, local), after.instant(base, local)
                if old != new:
                    kind = "gained" if old is None else "lost" if new is None else "moved"
                    found.setdefault(kind, _witness(base, old, new, local))
        return _judged(before, after, found, tried)

    def _zones(self, before: When, after: When) -> Iterable[str]:
        named = [when.schedule.zone for when in (before, after)]
        return ZONES[:1] if all(named) else ZONES

    def _bases(self, before: When, after: When, local: Zone) -> Iterator[int]:
        """Triggers around everything that begins or ends, and some at other hours."""
        today = local.wall(self._start) // DAY
        days = (
            {today + day for day in _DAYS} | set(before.days()) | set(after.days()) | set(_season_days(before, after))
        )
        shifts = {0, before.schedule.after, after.schedule.after}
        edges = {*before.walls(), *after.walls(), *range(0, DAY, 4 * HOUR)}
        walls = {edge - shift + step for edge in edges for shift in shifts for step in (-MINUTE, 0)}
        for day in sorted(days):
            for wall in sorted(walls):
                yield local.resolve(day * DAY + wall)


def _season_days(*whens: When) -> Iterator[int]:
    for when in whens:
        for season in when.schedule.days.seasons:
            for year in (2027, 2028):
                for month, day in season:
                    edge = (date(year, month, 1) + timedelta(days=day - 1)).toordinal() - _EPOCH
                    yield from (edge - 1, edge, edge + 1)


def _judged(before: When, after: When, found: dict[str, Witness], tried: int) -> Aspect:
    witnesses = tuple(found[kind] for kind in ("moved", "gained", "lost") if kind in found)
    if "moved" in found:
        return Aspect("timing", Effect.INCOMPARABLE, "it goes out at other times", witnesses[:1])
    if len(witnesses) == 2:
        return Aspect("timing", Effect.INCOMPARABLE, "other triggers still go out in time", witnesses)
    if "gained" in found:
        return Aspect("timing", Effect.MORE, "triggers go out that found no time before", witnesses)
    if "lost" in found:
        return Aspect("timing", Effect.LESS, "some triggers find no time any more", witnesses)
    if before.expiry != after.expiry:
        return _expiry(before.expiry, after.expiry)
    return Aspect(
        "timing", Effect.EQUIVALENT, f"the timing is written differently and the same at all {tried:,} instants tried"
    )


def _expiry(before: int, after: int) -> Aspect:
    """What expires later counts for longer, whatever keeps it waiting."""
    longer = after > before
    late = duration_text((before + after) // 2)
    told = f"the event arrives {late} late", "too late", "in time"
    witness = Witness(told[1] if longer else told[2], told[2] if longer else told[1], facts=told[0])
    text = f"it expires after {duration_text(after)}, before after {duration_text(before)}"
    return Aspect("expiry", Effect.MORE if longer else Effect.LESS, text, (witness,))


def _witness(base: int, old: int | None, new: int | None, local: Zone) -> Witness:
    return Witness(_sent(old, local), _sent(new, local), (), {}, "", base, local.name)


def _sent(instant: int | None, local: Zone) -> str:
    return "not sent, it expires first" if instant is None else f"sent {local_text(instant, local)}"


def local_text(instant: int, local: Zone) -> str:
    """`2026-11-24 09:00`, on the wall clock of a zone."""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=local.wall(instant)):%Y-%m-%d %H:%M}"
