"""What variables have to do with each other: paths through others, windows inside others, dates and weekdays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from duly.lint.logic.domains import OBJECTS, Counted, Measured, Values
from duly.lint.logic.ranges import DAYS, Ranges
from duly.lint.logic.variables import Carried, Clock, Variable, Window

MOST_WINDOWS = 6
"""Of how many windows it is tried which are complete; more are taken to be in agreement."""
_TODAY, _WEEKDAY = Clock("today"), Clock("day of week")


def consistent(term: Mapping[Variable, Any]) -> bool:
    """Whether the variables of a term can all be so at the same time, as far as can be told."""
    kinds = {type(variable) for variable in term}
    if Clock in kinds and not _clocks_agree(term):
        return False
    return (Window not in kinds or windows_agreed(term) is not None) and _paths_agree(term)


# --- paths ------------------------------------------------------------------------------------------------------------


def _paths_agree(term: Mapping[Variable, Any]) -> bool:
    """Where something lies beneath a property, the property is an object."""
    for variable in term:
        if isinstance(variable, Carried) and len(variable.path) > 1 and not term[variable].missing:
            for prefix in prefixes(variable):
                domain: Values | None = term.get(prefix)
                if domain is not None and domain.meet(OBJECTS).empty:
                    return False
    return True


def prefixes(variable: Carried) -> Iterator[Carried]:
    """The properties that lead to a property, the outermost first."""
    return (Carried(variable.of, variable.path[:length]) for length in range(1, len(variable.path)))


# --- dates and weekdays -----------------------------------------------------------------------------------------------


def _clocks_agree(term: Mapping[Variable, Any]) -> bool:
    if _WEEKDAY not in term:
        return True
    return day_of(term) is not None


def day_of(term: Mapping[Variable, Any]) -> int | None:
    """The ordinal of a date that today can be, 1 July 2026 or near it where possible; None when there is none."""
    days: Measured = term.get(_TODAY, Measured(DAYS.full, unknown=False))
    weekdays: Measured = term.get(_WEEKDAY, Measured(DAYS.full, unknown=False))
    open = _WEEKDAY not in term
    for low, high in days.ranges:
        near = range(low[1], min(high[1], low[1] + 7))
        usual = range(_USUAL, _USUAL + 7) if low[1] <= _USUAL and high[1] >= _USUAL + 7 else near
        for day in usual:
            if open or has_day(weekdays.ranges, (day - 1) % 7):
                return day
    return None


def has_day(ranges: Ranges, number: int) -> bool:
    """Whether a whole number lies in one of the ranges."""
    return any(low <= (0, number, 0) < high for low, high in ranges)


_USUAL = 739_798  # 2026-07-01


# --- windows ----------------------------------------------------------------------------------------------------------


def windows_agreed(term: Mapping[Variable, Any]) -> dict[Window, tuple[int, bool]] | None:
    """
    How many events each window has at least and whether history is complete there; None when that cannot be.

    A window inside another one has no more events than it, and is complete where that one is.
    """
    windows = {each: domain for each, domain in term.items() if isinstance(each, Window)}
    if not windows:
        return {}
    if len(windows) > MOST_WINDOWS:
        return {window: _least(domain, 0) for window, domain in windows.items()}
    names = list(windows)
    for choice in product((True, False), repeat=len(names)):
        complete = dict(zip(names, choice, strict=True))
        if _whole(complete) and (found := _counts(windows, complete)) is not None:
            return {window: (found[window], complete[window]) for window in names}
    return None


def _least(domain: Counted, least: int) -> tuple[int, bool]:
    if domain.complete:
        return (max(domain.complete[0][0][1], least), True)
    return (max(domain.incomplete[0][0][1], least), False)


def _whole(complete: Mapping[Window, bool]) -> bool:
    """Whether every window that a complete one reaches over is complete as well."""
    inner = [window for window, is_complete in complete.items() if not is_complete]
    outer = [window for window, is_complete in complete.items() if is_complete]
    return not any(_reaches_over(large, small) for small in inner for large in outer)


def _reaches_over(large: Window, small: Window) -> bool:
    longer = large.window is None or (small.window is not None and small.window <= large.window)
    return longer and set(small.names) <= set(large.names)


def inside(small: Window, large: Window) -> bool:
    """Whether every event in the one window is in the other one."""
    return _reaches_over(large, small) and large.where in (None, small.where)


def _counts(windows: Mapping[Window, Counted], complete: Mapping[Window, bool]) -> dict[Window, int] | None:
    """The least solution: no window has fewer events than one that lies inside it."""
    ranges = {w: domain.complete if complete[w] else domain.incomplete for w, domain in windows.items()}
    counts = dict.fromkeys(windows, 0)
    changed = True
    while changed:
        changed = False
        for window, allowed in ranges.items():
            least = max((counts[other] for other in windows if other != window and inside(other, window)), default=0)
            count = _at_least(allowed, max(least, counts[window]))
            if count is None:
                return None
            changed |= count != counts[window]
            counts[window] = count
    return counts


def _at_least(ranges: Ranges, least: int) -> int | None:
    for low, high in ranges:
        if (0, least, 0) < high:
            return max(least, int(low[1]))
    return None
