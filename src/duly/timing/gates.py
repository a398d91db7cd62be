"""The gates of time: each answers with the first instant, from a given one on, that it permits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from duly.meaning.model import DAY
from duly.timing.window import Passed, next_free

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from duly.timing.window import Arc, Cap, Holiday, Schedule, Stamped
    from duly.timing.zone import Zone

    Windows = Callable[[int], Iterable[tuple[int, int]]]

SCHEDULE: Final = 1
QUIET: Final = 2
GAP: Final = 4
CAPS: Final = 8

# A date that was skipped can lie between the one a window opens on and the one it closes on.
_BACK = 2


class Gates:
    """
    What restricts the time of one notification, all but its caps.

    `earliest` is the trigger's instant plus the rule's `after`; `floor` the instant at which the gap since the last
    send is over. `calendar` is the zone in which caps have their periods, when it is not `zone`. Every method takes
    `limit`, before which the answer has to lie, and gives `limit` or later when there is none. All are instants in
    microseconds.
    """

    __slots__ = ("_at_is_plain", "calendar", "earliest", "floor", "holiday", "quiet", "schedule", "zone")

    def __init__(
        self,
        schedule: Schedule,
        zone: Zone,
        earliest: int,
        floor: int,
        quiet: Sequence[tuple[Arc, Zone]],
        holiday: Holiday | None,
        calendar: Zone | None = None,
    ) -> None:
        self.schedule = schedule
        self.zone = zone
        self.calendar = calendar or zone
        self.earliest = earliest
        self.floor = floor
        self.quiet = quiet
        self.holiday = holiday
        self._at_is_plain = schedule.days.every and schedule.passed is not Passed.DROP and schedule.grace <= DAY

    def settle(self, instant: int, limit: int, caps: Sequence[tuple[Cap, Sequence[Stamped]]] = ()) -> tuple[int, int]:
        """
        The first instant that all gates and `caps` permit together, and the gates that moved it, as a mask.

        Each gate moves the instant no further than it must, so that the first that satisfies all is not passed over.
        """
        moved = 0
        while instant < limit:
            start = instant
            instant = self.next_scheduled(instant, limit)
            moved |= SCHEDULE if instant > start else 0
            loud = self.next_loud(instant, limit)
            moved |= QUIET if loud > instant else 0
            instant = loud
            if instant < self.floor:
                instant = self.floor
                moved |= GAP
            for cap, sents in caps:
                free = next_free(cap, sents, instant, self.calendar)
                if free is None:
                    return limit, moved | CAPS
                moved |= CAPS if free > instant else 0
                instant = free
            if instant == start:
                break
        return instant, moved

    def next_scheduled(self, instant: int, limit: int) -> int:
        """The first instant inside a window of `at` and an arc of `between`, each where the schedule has any."""
        if self.schedule.at:
            instant = self._next_at(instant, limit)
        if self.schedule.arcs and instant < limit:
            instant = self._next_between(instant, limit)
        return instant

    def next_loud(self, instant: int, limit: int) -> int:
        """The first instant outside all quiet hours, each going by the clock of its own zone."""
        changed = bool(self.quiet)
        while changed and instant < limit:
            start = instant
            for arc, zone in self.quiet:
                instant = _after(arc, zone, instant, limit)
            changed = instant > start
        return instant

    def dropped_at(self) -> int | None:
        """With `if passed drop`: the instant at which the last window that counts is over, or None without one."""
        day = self.zone.wall(self.earliest) // DAY
        return max((closes for _, closes in self._at_windows(day)), default=None)

    def _next_at(self, instant: int, limit: int) -> int:
        offset = self.zone.calm(instant) if self._at_is_plain else None
        if offset is None:
            back = _BACK + self.schedule.grace // DAY
            return self._next_within(self._at_windows, back, instant, limit)
        soonest = DAY
        for time in self.schedule.at:
            into = (instant + offset - time) % DAY
            if into < self.schedule.grace and self._counts(instant - into):
                return instant
            soonest = min(soonest, DAY - into)
        return instant + soonest

    def _next_between(self, instant: int, limit: int) -> int:
        offset = self.zone.calm(instant) if self.schedule.days.every else None
        if offset is None:
            return self._next_within(self._arc_windows, _BACK, instant, limit)
        soonest = DAY
        for arc in self.schedule.arcs:
            into = (instant + offset - arc.start) % DAY
            if into < arc.length:
                return instant
            soonest = min(soonest, DAY - into)
        return instant + soonest

    def _next_within(self, windows: Windows, back: int, instant: int, limit: int) -> int:
        """The first instant inside one of the windows of any date, where those of `back` dates ago may be open."""
        best = limit
        day = self.zone.wall(instant) // DAY - back
        last = self.zone.wall(limit) // DAY + 1
        while day <= last:
            for opens, closes in windows(day):
                if instant < closes and opens < min(best, closes):
                    if opens <= instant:
                        return instant
                    best = opens
                    # A window that a gap has moved over midnight may open after one of the next date.
                    last = day + 1
            day += 1
        return best

    def _at_windows(self, day: int) -> Iterable[tuple[int, int]]:
        if self._opens_on(day) and self._counts_day(day):
            for time in self.schedule.at:
                opens = self.zone.resolve(day * DAY + time)
                if self._counts(opens):
                    yield opens, opens + self.schedule.grace

    def _arc_windows(self, day: int) -> Iterable[tuple[int, int]]:
        if self._opens_on(day):
            for arc in self.schedule.arcs:
                yield arc.on(day, self.zone)

    def _opens_on(self, day: int) -> bool:
        return self.schedule.days.allows(day, self.holiday) and self.zone.exists(day)

    def _counts(self, opens: int) -> bool:
        return opens >= self.earliest or self.schedule.passed in (Passed.GRACE, Passed.WITHIN)

    def _counts_day(self, day: int) -> bool:
        return self.schedule.passed is not Passed.DROP or day == self.zone.wall(self.earliest) // DAY


def _after(arc: Arc, zone: Zone, instant: int, limit: int) -> int:
    """`instant`, or when the quiet hours around it are over."""
    if arc.length == DAY:
        return limit
    offset = zone.calm(instant)
    if offset is not None:
        into = (instant + offset - arc.start) % DAY
        return instant + arc.length - into if into < arc.length else instant
    today = zone.wall(instant) // DAY
    for day in range(today - _BACK, today + 2):
        if zone.exists(day):
            opens, closes = arc.on(day, zone)
            if opens <= instant < closes:
                return closes
    return instant
