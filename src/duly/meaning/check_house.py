"""Checks the house rules, which apply to every rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from duly.diagnostics import Diagnostic
from duly.meaning import errors, model
from duly.meaning.check_frequency import check_rate
from duly.meaning.check_message import check_holdout
from duly.meaning.check_rule import check_channel
from duly.meaning.check_timing import check_hours, check_zone
from duly.meaning.check_value import check_duration
from duly.meaning.names import Names, Report, Scope
from duly.source import Source, Span
from duly.syntax import nodes

_PLACE = "a house rule"
_Scoped = tuple[str | None, str | None]


@dataclass(slots=True)
class House:
    """The house rules read so far, and where each that can be set only once was set."""

    timezone: str | None = None
    quiet: list[model.Quiet] = field(default_factory=list)
    limits: list[model.Limit] = field(default_factory=list)
    gaps: list[model.Gap] = field(default_factory=list)
    holdout: model.Holdout | None = None
    places: dict[tuple[str, _Scoped], tuple[Source, Span]] = field(default_factory=dict)


def check_house(house: House, source: Source, names: Names, node: nodes.Statement, report: Report) -> None:
    """Add one house rule, unless something is wrong with it."""
    found: list[Diagnostic] = []
    scope = Scope(source, names, found.append, _PLACE)
    _STATEMENTS[type(node)](house, scope, node, lambda: not (found or scope.doubtful))
    for diagnostic in found:
        report(diagnostic)


Sound = Callable[[], bool]


def _timezone(house: House, scope: Scope, node: nodes.Timezone, sound: Sound) -> None:
    _once(house, scope, "timezone", (None, None), node.span)
    zone = check_zone(scope, node.zone)
    if sound():
        house.timezone = zone


def _quiet(house: House, scope: Scope, node: nodes.Quiet, sound: Sound) -> None:
    quiet = model.Quiet(check_hours(scope, node), *_scoped(scope, node.scope), node.span)
    if sound():
        house.quiet.append(quiet)


def _limit(house: House, scope: Scope, node: nodes.Limit, sound: Sound) -> None:
    scope.names.declare("limit", node.name.value, scope.source, node.name.span, scope.report)
    limit, window = check_rate(scope, node.rate)
    meant = model.Limit(node.name.value, limit, window, *_scoped(scope, node.scope), node.span)
    if sound():
        house.limits.append(meant)


def _gap(house: House, scope: Scope, node: nodes.Gap, sound: Sound) -> None:
    scoped = _scoped(scope, node.scope)
    _once(house, scope, "gap", scoped, node.span)
    gap = model.Gap(check_duration(scope, node.duration, "`gap`") or 0, *scoped, node.span)
    if sound():
        house.gaps.append(gap)


def _holdout(house: House, scope: Scope, node: nodes.Holdout, sound: Sound) -> None:
    _once(house, scope, "holdout", (None, None), node.span)
    holdout = check_holdout(scope, node, "house holdout")
    if sound():
        house.holdout = holdout


def _scoped(scope: Scope, node: nodes.Scope | None) -> _Scoped:
    """The category or the channel that a house rule is limited to."""
    if isinstance(node, nodes.InCategory):
        category = scope.category(node.category)
        return (category.name if category else None), None
    return None, (check_channel(scope, node) if node else None)


def _once(house: House, scope: Scope, statement: str, scoped: _Scoped, span: Span) -> None:
    first = house.places.setdefault((statement, scoped), (scope.source, span))
    if first != (scope.source, span):
        scope.report(errors.repeated_statement(scope.source, span, statement, first[0].location(first[1])))


_STATEMENTS: dict[type, Callable[[House, Scope, Any, Sound], None]] = {
    nodes.Timezone: _timezone,
    nodes.Quiet: _quiet,
    nodes.Limit: _limit,
    nodes.Gap: _gap,
    nodes.Holdout: _holdout,
}
