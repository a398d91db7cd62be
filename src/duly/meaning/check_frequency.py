"""Checks how often: caps of a rule, limits and gaps of the house."""

from __future__ import annotations

from duly.meaning import errors, model
from duly.meaning.check_value import check_duration
from duly.meaning.clauses import Clauses
from duly.meaning.names import Scope
from duly.source import Span
from duly.syntax import nodes

_MOST = 1_000_000
_CALENDAR = {
    "hour": model.Calendar("hour"),
    "day": model.Calendar("day"),
    "week": model.Calendar("week"),
    "month": model.Calendar("month"),
}


def check_caps(clauses: Clauses) -> tuple[model.Cap, ...]:
    """The caps of a rule; two over the same period are one too many, for only the lower could count."""
    caps: dict[tuple[model.Calendar | model.Rolling, bool], model.Cap] = {}
    scope = clauses.scope
    for node in clauses.all(nodes.Max):
        limit, window = check_rate(scope, node.rate)
        cap = model.Cap(limit, window, node.per is not None, node.span, node.per.value if node.per else "")
        first = caps.setdefault((window, cap.per_product), cap)
        if first is not cap:
            line = scope.source.position(first.span.start).line
            scope.report(errors.repeated_clause(scope.source, node.span, scope.text(node.span), line))
    return tuple(caps.values())


def check_rate(scope: Scope, node: nodes.Rate) -> tuple[int, model.Calendar | model.Rolling]:
    """`1/day` is a calendar period in the user's zone, `1 per 24 hours` a rolling one."""
    limit = check_whole(scope, node.limit, "the number of notifications", 1, _MOST)
    if isinstance(node.period, nodes.CalendarPeriod):
        return limit, _CALENDAR[node.period.unit]
    return limit, model.Rolling(check_duration(scope, node.period.duration, "`per`") or model.DAY)


def check_whole(scope: Scope, node: nodes.Number, what: str, low: int, high: int) -> int:
    """A whole number within bounds; anything else is reported and answered with `low`."""
    if isinstance(node.value, int) and low <= node.value <= high:
        return node.value
    scope.report(errors.out_of_range(scope.source, node.span, what, f"{low:,}", f"{high:,}", whole=True))
    return low


def check_wait(clauses: Clauses) -> int | None:
    """`or wait D`, for all caps of the rule."""
    node = clauses.one(nodes.OrWait, "or wait")
    if node is None:
        return None
    clauses.need(nodes.OrWait, "or wait", (nodes.Max,), "a cap such as `max 1/day`")
    return check_duration(clauses.scope, node.duration, "`or wait`")


def objects_of_caps(clauses: Clauses) -> tuple[tuple[str, Span], ...]:
    """Each `per product` with its place; an object that nothing is about is reported."""
    found = []
    scope = clauses.scope
    for node in clauses.all(nodes.Max):
        if node.per is None:
            continue
        if not scope.events:
            scope.report(errors.no_object_here(scope.source, node.span, f"per {node.per.value}", scope.place))
        elif scope.about is not None and node.per.value != scope.about:
            scope.report(errors.two_objects(scope.source, node.per.span, scope.about, node.per.value))
        else:
            found.append((node.per.value, node.per.span))
    return tuple(found)
