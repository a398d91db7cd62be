"""Lowers when a rule may send to what the compiled core knows: plain numbers, texts, lists and dicts."""

from __future__ import annotations

from typing import Any

from duly.timing.window import Arc, Cap, Days, Passed, Rolling, Schedule

_PASSED = {passed: number for number, passed in enumerate((Passed.GRACE, Passed.NEXT_DAY, Passed.DROP, Passed.WITHIN))}
_UNITS = {"hour": 1, "day": 2, "week": 3, "month": 4}
_ROLLING = 0


def lower_schedule(schedule: Schedule) -> dict[str, Any] | None:
    """When a rule may send; None where it goes by holidays, which only Python knows."""
    days = lower_days(schedule.days)
    if days is None:
        return None
    return {
        "at": list(schedule.at),
        "between": [lower_arc(arc) for arc in schedule.between],
        "days": days,
        "after": schedule.after,
        "passed": _PASSED[schedule.passed],
        "grace": schedule.grace,
        "zone": schedule.zone,
    }


def lower_days(days: Days) -> dict[str, Any] | None:
    """Which dates a window may open on; None where holidays have a say."""
    if days.holidays is not None:
        return None
    return {"weekdays": days.weekdays, "dates": list(days.dates), "seasons": list(days.seasons)}


def lower_arc(arc: Arc) -> dict[str, int]:
    """A part of the day."""
    return {"start": arc.start, "end": arc.end}


def lower_cap(cap: Cap) -> dict[str, int]:
    """A cap; of a rolling window the `duration` says all, of a calendar's the `unit`."""
    if isinstance(cap.window, Rolling):
        return {"limit": cap.limit, "unit": _ROLLING, "duration": cap.window.duration}
    return {"limit": cap.limit, "unit": _UNITS[cap.window.unit], "duration": 0}
