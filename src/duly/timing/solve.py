"""When to notify: the first instant that schedule, quiet hours, gap, caps and expiry permit together."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from duly.meaning.model import DAY
from duly.timing.gates import CAPS, GAP, QUIET, SCHEDULE, Gates
from duly.timing.window import Passed, count, next_free

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duly.timing.window import Arc, Cap, Holiday, Schedule, Stamped
    from duly.timing.zone import Zone

    CappedBy = tuple[int, int, int | None]

HORIZON = 3_660 * DAY
"""Nothing is looked for later than ten years from now, whatever the expiry."""

_GATE_NAMES = ((SCHEDULE, "schedule"), (QUIET, "quiet"), (GAP, "gap"), (CAPS, "caps"))
_MOVED = tuple(tuple(name for bit, name in _GATE_NAMES if mask & bit) for mask in range(16))


class Outcome(Enum):
    """What time says about a notification."""

    NOW = "now"
    LATER = "later"
    CAPPED = "capped"
    EXPIRES = "expires-first"
    PASSED = "passed"


class Solution(Struct, frozen=True, gc=False):
    """
    The outcome and how it came about. Instants are microseconds since the Unix epoch, UTC.

    `at` is when to notify, or to ask again; None unless the outcome is NOW or LATER. `opened` is the first instant
    that timing alone permits counted from the trigger, `first` the same counted from now; when timing permits none
    before the expiry, `opened` is the trigger's instant plus `after`, and `first` is None. `moved_by` names the gates
    met on the way there from the trigger, or from now when timing would have let it go earlier than now, in the order
    schedule, quiet, gap, caps. When a cap is full at `first`, `cap`
    is the index of the one that frees last (of equals, the first) and `count` how many it counts there; `frees` is
    when all caps have room, whatever the other gates say, None for never.
    """

    outcome: Outcome
    at: int | None
    frees: int | None
    opened: int
    first: int | None
    moved_by: tuple[str, ...] = ()
    cap: int | None = None
    count: int = 0


def solve(
    schedule: Schedule,
    zone: Zone,
    *,
    base: int,
    now: int,
    expiry: int,
    quiet: Sequence[tuple[Arc, Zone]] = (),
    caps: Sequence[tuple[Cap, Sequence[Stamped]]] = (),
    gap: int = 0,
    last_send: int | None = None,
    wait: int | None = None,
    holiday: Holiday | None = None,
    calendar: Zone | None = None,
) -> Solution:
    """
    Decide about a notification triggered at `base`, asked at `now`, that has to go out before `expiry`.

    `zone` is the one in force for the rule and user; each of `quiet` brings its own. `caps` go with the sends they
    count, in order of time; their calendar periods are those of `calendar`, by default of `zone`. `wait` is for how
    long after `opened` a full cap defers; without it, it suppresses. Everything is resolved at the instant it is asked
    about, never with the offset of today.
    """
    earliest = base + schedule.after
    floor = earliest if last_send is None else max(earliest, last_send + gap)
    limit = min(expiry, max(now, earliest) + HORIZON)
    if schedule.anytime and not quiet:
        opened, moved = floor, GAP if earliest < floor >= now else 0
        first = max(opened, now)
        gates = None
    else:
        gates = Gates(schedule, zone, earliest, floor, quiet, holiday, calendar)
        opened, moved, first = _time(gates, now, limit)
    if first >= limit:
        return Solution(_missed(schedule, gates, limit), None, None, earliest, None, _MOVED[moved])
    full = _fullest(caps, first, calendar or zone) if caps else None
    if full is None:
        outcome = Outcome.NOW if first <= now else Outcome.LATER
        return Solution(outcome, first, None, opened, first, _MOVED[moved])
    index, counted, _ = full
    frees = _all_free(caps, first, calendar or zone)
    if wait is None or frees is None or frees > opened + wait:
        return Solution(Outcome.CAPPED, None, frees, opened, first, _MOVED[moved], index, counted)
    gates = gates or Gates(schedule, zone, earliest, floor, quiet, holiday, calendar)
    at, further = gates.settle(frees, limit, caps)
    names = _MOVED[moved | further | CAPS]
    if at >= limit:
        return Solution(_missed(schedule, gates, limit), None, frees, opened, first, names, index, counted)
    return Solution(Outcome.LATER, at, frees, opened, first, names, index, counted)


def _time(gates: Gates, now: int, limit: int) -> tuple[int, int, int]:
    """`opened`, the gates that moved `first`, and `first`."""
    opened, moved = gates.settle(gates.earliest, limit)
    if opened >= now:
        return opened, moved, opened
    first, moved = gates.settle(now, limit)
    return opened, moved, first


def _missed(schedule: Schedule, gates: Gates | None, limit: int) -> Outcome:
    """With `if passed drop` it is only the expiry's doing when the last window outlasts it."""
    if gates is None or not schedule.at or schedule.passed is not Passed.DROP:
        return Outcome.EXPIRES
    dropped = gates.dropped_at()
    return Outcome.PASSED if dropped is None or dropped <= limit else Outcome.EXPIRES


def _fullest(caps: Sequence[tuple[Cap, Sequence[Stamped]]], first: int, zone: Zone) -> CappedBy | None:
    """Of the caps that are full at `first`, the one that frees last: its index, its count, and when it frees."""
    full: CappedBy | None = None
    for index, (cap, sents) in enumerate(caps):
        if len(sents) < cap.limit:
            continue
        frees = next_free(cap, sents, first, zone)
        if frees == first:
            continue
        if full is None or (full[2] is not None and (frees is None or frees > full[2])):
            full = index, count(cap, sents, first, zone), frees
    return full


def _all_free(caps: Sequence[tuple[Cap, Sequence[Stamped]]], instant: int, zone: Zone) -> int | None:
    """The first instant from `instant` on at which every cap has room for one more send."""
    start = instant - 1
    while start < instant:
        start = instant
        for cap, sents in caps:
            free = next_free(cap, sents, instant, zone)
            if free is None:
                return None
            instant = free
    return instant
