"""Checks when a rule may send."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from typing import Literal

from duly.meaning import errors, model
from duly.meaning.check_value import check_duration
from duly.meaning.clauses import Clauses
from duly.meaning.names import Scope
from duly.syntax import nodes
from duly.vocabulary.zones import is_zone, zone_names

HOLIDAYS = "holidays"
"""The library that knows them, and the extra that installs it."""

ANY_TIME = model.Timing()
_CLAUSES = (
    nodes.At,
    nodes.AtBestTime,
    nodes.Between,
    nodes.OnDays,
    nodes.OnHolidays,
    nodes.NotOnHolidays,
    nodes.FromDate,
    nodes.EveryYear,
    nodes.After,
    nodes.IfPassed,
)


def check_timing(clauses: Clauses) -> model.Timing:
    """The timing clauses of a rule as one; any time when there are none."""
    if not clauses.any(*_CLAUSES):
        return ANY_TIME
    at = tuple(_at(clauses.scope, node) for node in clauses.all(nodes.At))
    best = _best(clauses)
    between = tuple(_between(clauses.scope, node) for node in clauses.all(nodes.Between))
    days = clauses.one(nodes.OnDays, "on")
    return model.Timing(
        at=tuple(dict.fromkeys(at)),
        best=best,
        between=tuple(dict.fromkeys(between)),
        weekdays=tuple(sorted({day.value for day in days.days})) if days else (),
        dates=tuple(_dates(clauses.scope, node) for node in clauses.all(nodes.FromDate)),
        seasons=tuple(_season(node) for node in clauses.all(nodes.EveryYear)),
        holidays=_holidays(clauses),
        after=_after(clauses),
        passed=_passed(clauses),
        zone=_own_zone([*at, *between, *([best] if best else [])]),
    )


def check_hours(scope: Scope, node: nodes.Between | nodes.AtBestTime | nodes.Quiet) -> model.Hours:
    """Half-open hours of the day; an end of 24:00 is midnight, and 00:00 to 24:00 is the whole day."""
    start, end = node.start.value, node.end.value
    if start == end:
        scope.report(errors.empty_hours(scope.source, node.span, scope.text(node.start.span)))
    start = _wall(scope, node.start)
    return model.Hours(start, end % model.DAY, check_zone(scope, node.zone), node.span)


def check_zone(scope: Scope, node: nodes.Zone | nodes.Text) -> str | None:
    """The name of a zone that tzdata has, None for `local` and, with a report, for a name it does not have."""
    if node.value is None or is_zone(node.value):
        return node.value
    scope.report(errors.unknown_zone(scope.source, node.span, node.value, zone_names()))
    return None


def _wall(scope: Scope, node: nodes.Time) -> int:
    if not 0 <= node.value < model.DAY:
        scope.report(errors.bad_time(scope.source, node.span, scope.text(node.span)))
        return 0
    return node.value


def _at(scope: Scope, node: nodes.At) -> model.At:
    return model.At(_wall(scope, node.time), check_zone(scope, node.zone), node.span)


def _best(clauses: Clauses) -> model.Hours | None:
    hint = "keep the time of day, or leave it to the user's habits"
    clauses.contradict(nodes.At, nodes.AtBestTime, ("at", "at best time"), hint)
    node = clauses.one(nodes.AtBestTime, "at best time")
    return check_hours(clauses.scope, node) if node else None


def _between(scope: Scope, node: nodes.Between) -> model.Hours:
    return check_hours(scope, node)


def _dates(scope: Scope, node: nodes.FromDate) -> tuple[date, date]:
    start, end = node.start.value, node.end.value
    if end < start:
        scope.report(errors.dates_reversed(scope.source, node.span, start.isoformat(), end.isoformat()))
    return start, end


def _season(node: nodes.EveryYear) -> model.Season:
    return model.Season((node.start.month, node.start.day), (node.end.month, node.end.day))


def _holidays(clauses: Clauses) -> Literal["on", "not on"] | None:
    words = ("on holidays", "not on holidays")
    clauses.contradict(nodes.OnHolidays, nodes.NotOnHolidays, words, "keep one of the two")
    on, off = clauses.one(nodes.OnHolidays, words[0]), clauses.one(nodes.NotOnHolidays, words[1])
    asked = on or off
    if asked is not None and find_spec(HOLIDAYS) is None:
        clauses.scope.report(errors.missing_extra(clauses.scope.source, asked.span, HOLIDAYS))
    return "on" if on else "not on" if off else None


def _after(clauses: Clauses) -> int:
    node = clauses.one(nodes.After, "after")
    return (check_duration(clauses.scope, node.duration, "`after`") or 0) if node else 0


def _passed(clauses: Clauses) -> model.Passed:
    clauses.need(nodes.IfPassed, "if passed", (nodes.At, nodes.AtBestTime), "a time of day such as `at 18:00 local`")
    node = clauses.one(nodes.IfPassed, "if passed")
    if node is None:
        return ANY_TIME.passed
    if node.duration is None:
        return model.Passed(node.kind)
    return model.Passed(node.kind, check_duration(clauses.scope, node.duration, "`if passed within`") or model.HOUR)


def _own_zone(parts: list[model.At | model.Hours]) -> str | None:
    """The zone in which a rule lives, where days and calendar caps are judged: the one that all its times name."""
    zones = {part.zone for part in parts}
    return zones.pop() if len(zones) == 1 else None
