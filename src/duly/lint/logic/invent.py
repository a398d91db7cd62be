"""Makes up a user and an event that a term of the normal form describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from duly.conditions.compile import compile_filter
from duly.lint.logic import variables
from duly.lint.logic.domains import OBJECTS, PRESENT, Among, Measured, Values
from duly.lint.logic.facts import NOON, Invented, Segments
from duly.lint.logic.links import day_of, prefixes, windows_agreed
from duly.lint.logic.pairs import Lie
from duly.lint.logic.pick import ABSENT, candidates, whole
from duly.lint.logic.variables import Carried, Clock, Membership, Pair, Reckoned, Variable, Window
from duly.meaning.model import DAY, MINUTE, Condition, EventFilter, Property, TimeSince, Type

Term = Mapping[Variable, Any]
Solve = Callable[[Condition], dict[str, Any] | None]
"""The properties of an event for which a filter holds."""

_NOON_DAY = 739_798


def invent(term: Term, segments: Segments, solve: Solve) -> Invented:
    """Facts in which everything is as the term says; where variables depend on each other, perhaps."""
    facts = Invented(now=_now(term), segments=segments)
    carried = _carried(term)
    chosen = {each: next(candidates(domain), ABSENT) for each, domain in carried.items()}
    for variable, domain in term.items():
        if isinstance(variable, Pair):
            _choose_pair(variable, domain, carried, chosen)
        elif isinstance(variable, Membership):
            _belong(facts, variable, domain)
    for variable, value in sorted(chosen.items(), key=lambda item: len(item[0].path)):
        optional = variable in carried and carried[variable].missing
        _put(facts.event if variable.of == "event" else facts.traits, variable.path, value, optional)
    _remember(facts, term, solve)
    return facts


def _carried(term: Term) -> dict[Carried, Values]:
    """The properties of a term; one beneath which something must lie is an object."""
    carried = {each: domain for each, domain in term.items() if isinstance(each, Carried)}
    for variable in [each for each, domain in carried.items() if len(each.path) > 1 and not domain.missing]:
        for prefix in prefixes(variable):
            if prefix in carried:
                carried[prefix] = carried[prefix].meet(OBJECTS)
    return carried


def _now(term: Term) -> int:
    if Clock("today") not in term and Clock("day of week") not in term:
        return NOON
    return NOON + ((day_of(term) or _NOON_DAY) - _NOON_DAY) * DAY


def _belong(facts: Invented, variable: Membership, domain: Among) -> None:
    if variable.kind == "related":
        facts.related[variable.name] = True in domain.options
    elif True in domain.options:
        facts.consent[variable.name] = "subscribed"


def _put(target: dict[str, Any], path: tuple[str, ...], value: Any, optional: bool) -> None:
    """Put a value at its path; one that may be missing gives way to what lies above it."""
    if value is ABSENT:
        return
    for name in path[:-1]:
        inner = target.get(name)
        if not isinstance(inner, dict):
            if optional and inner is not None:
                return
            inner = target[name] = {}
        target = inner
    if not (isinstance(value, dict) and isinstance(target.get(path[-1]), dict)):
        target[path[-1]] = value


# --- values that are compared with each other -------------------------------------------------------------------------


def _choose_pair(pair: Pair, domain: Among, carried: Mapping[Carried, Values], chosen: dict[Carried, Any]) -> None:
    if not (isinstance(pair.left, Property) and isinstance(pair.right, Property)) or Lie.UNKNOWN in domain.options:
        return
    left, right = variables.carried(pair.left), variables.carried(pair.right)
    dated = {pair.left.type, pair.right.type} & {Type.DATE, Type.INSTANT}
    for one in _choices(left, carried, chosen, bool(dated)):
        for other in _choices(right, carried, chosen, bool(dated)):
            if lie_of(one, other) in domain.options:
                chosen[left], chosen[right] = one, other
                return


def _choices(
    variable: Carried, carried: Mapping[Carried, Values], chosen: Mapping[Carried, Any], dated: bool
) -> list[Any]:
    values = carried.get(variable, PRESENT)
    first = [chosen[variable]] if variable in chosen else []
    dates = [f"2026-07-0{day}T12:00:00Z" for day in (1, 2, 3)] if dated and values.texts is not None else []
    return [*dates, *first, *candidates(values)] if dated else [*first, *candidates(values)]


def lie_of(left: Any, right: Any) -> Lie:
    """How one value of JSON lies to another."""
    if isinstance(left, bool) and isinstance(right, bool):
        return Lie.SAME if left is right else Lie.OTHER
    texts = isinstance(left, str) and isinstance(right, str)
    if not texts and not (_is_number(left) and _is_number(right)):
        return Lie.UNKNOWN
    return Lie.EQUAL if left == right else Lie.LESS if left < right else Lie.MORE


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


# --- history ----------------------------------------------------------------------------------------------------------


def _remember(facts: Invented, term: Term, solve: Solve) -> None:
    for variable, domain in term.items():
        if isinstance(variable, Reckoned) and isinstance(domain, Measured):
            _reckon(facts, variable, domain, solve)
    windows = windows_agreed(term) or {}
    for window in sorted(windows, key=_narrowness):
        count, complete = windows[window]
        _fill(facts, window, count, windows, solve)
        if not complete:
            _forget(facts, window)


def _narrowness(window: Window) -> tuple[bool, int, bool]:
    return (window.window is None, window.window or 0, window.where is None)


def _fill(facts: Invented, window: Window, count: int, windows: Mapping[Window, Any], solve: Solve) -> None:
    """Add as many events as are lacking, where no narrower window sees them, and none newer than the newest."""
    where = window.where
    properties = solve(where) if where is not None else {}
    if properties is None:
        return
    passes = compile_filter(where) if where is not None else None
    start = facts.now - window.window if window.window is not None else None
    past = facts.history.events(window.names)
    have = sum(
        (start is None or time > start) and (passes is None or passes(facts, event) is True) for time, event in past
    )
    shorter = [each.window or 0 for each in windows if _is_shorter(each, window)]
    time = min(facts.now - max([*shorter, 0]), past[-1][0] if past else facts.now)
    name = window.names[0]
    facts.history.past.setdefault(name, []).extend([(time, properties)] * max(count - have, 0))
    facts.history.past[name].sort(key=lambda past: past[0])


def _is_shorter(one: Window, other: Window) -> bool:
    return one.window is not None and (other.window is None or one.window < other.window)


def _forget(facts: Invented, window: Window) -> None:
    """Let history begin inside a window."""
    start = 1 if window.window is None else facts.now - window.window + 1
    since = facts.history.since
    since[window.names[0]] = max(since.get(window.names[0], 0), start)


def _reckon(facts: Invented, variable: Reckoned, domain: Measured, solve: Solve) -> None:
    """Put the newest event of a kind where `time since` wants it."""
    value = variable.value
    if isinstance(value, TimeSince) and domain.ranges:
        events: EventFilter = value.events
        properties = solve(events.where) if events.where is not None else {}
        since = max(whole(domain.ranges), MINUTE if _allows_minute(domain) else 0)
        facts.history.past.setdefault(events.names[0], []).append((facts.now - since, properties or {}))
        facts.history.past[events.names[0]].sort(key=lambda past: past[0])


def _allows_minute(domain: Measured) -> bool:
    return any(low <= (0, MINUTE, 0) < high for low, high in domain.ranges)
