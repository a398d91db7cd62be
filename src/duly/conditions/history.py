"""`count of E in last D` and its kin, `time since E`, `user did E`, `user has not done E`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from duly.conditions.calendar import converted, kind_of, parsed, parsed_as
from duly.conditions.code import Code, is_number, truth_code, value_code
from duly.conditions.connective import condition_body
from duly.conditions.context import Facts, Past
from duly.conditions.family import family
from duly.conditions.property import at_path
from duly.conditions.truth import Explained, Seen, Unknown, View, concluded, explanation, reading
from duly.conditions.words import duration_words, event_words, shown, words
from duly.meaning.model import Aggregate, Did, DidNot, EventFilter, Property, TimeSince, Type

Filter = Callable[[Facts, dict[str, Any]], bool | None]

ALWAYS = -(2**63)
"""An instant before every event; a window without a length begins here."""

_time = itemgetter(0)


def window_of(facts: Facts, names: tuple[str, ...], window: int | None, where: Filter | None) -> Sequence[Past]:
    """The events of `(now - window, now]` that pass the filter, newest last."""
    events, now = facts.history.events(names), facts.now
    end = len(events)
    if end and events[-1][0] > now:
        end = bisect_right(events, now, key=_time)
    start = 0
    if window is not None and end and events[0][0] <= now - window:
        start = bisect_right(events, now - window, 0, end, key=_time)
    chosen = events[start:end]
    return chosen if where is None else [past for past in chosen if where(facts, past[1]) is True]


def complete(facts: Facts, names: tuple[str, ...], window: int | None) -> bool:
    """Whether history holds every event of the window; without a length, every one there was."""
    since = ALWAYS if window is None else facts.now - window
    if facts.history.overflowed(names, since):
        return False
    return facts.history.complete_since(names) <= max(since, 0)


def did(facts: Facts, names: tuple[str, ...], window: int | None, where: Filter | None) -> bool | None:
    """One event is proof; none is only where history is complete."""
    if window_of(facts, names, window, where):
        return True
    return False if complete(facts, names, window) else None


def count(facts: Facts, names: tuple[str, ...], window: int | None, where: Filter | None) -> int | None:
    """How many events; None while history is incomplete."""
    return len(window_of(facts, names, window, where)) if complete(facts, names, window) else None


def time_since(facts: Facts, names: tuple[str, ...], where: Filter | None) -> int | None:
    """Microseconds since the newest event; None without one."""
    events = window_of(facts, names, None, where)
    return facts.now - events[-1][0] if events else None


def last(facts: Facts, names: tuple[str, ...], window: int | None, where: Filter | None, path: tuple[str, ...]) -> Any:
    """The property of the newest event, which an incomplete history knows as well."""
    events = window_of(facts, names, window, where)
    return at_path(events[-1][1], path) if events else None


def first(facts: Facts, names: tuple[str, ...], window: int | None, where: Filter | None, path: tuple[str, ...]) -> Any:
    """The property of the oldest event; None while history is incomplete."""
    events = window_of(facts, names, window, where)
    return at_path(events[0][1], path) if events and complete(facts, names, window) else None


def numbers(
    facts: Facts, names: tuple[str, ...], window: int | None, where: Filter | None, path: tuple[str, ...]
) -> list[float] | None:
    """The property of every event; None when one of them is no number, or history is incomplete."""
    values = [at_path(properties, path) for _, properties in window_of(facts, names, window, where)]
    return values if all(map(is_number, values)) and complete(facts, names, window) else None


def folded(function: str, values: list[float] | None) -> float | None:
    """`sum`, `min`, `max` or `average`; only the sum of nothing is known, and it is 0."""
    if values is None or (not values and function != "sum"):
        return None
    if function in ("min", "max"):
        return min(values) if function == "min" else max(values)
    try:
        total = sum(values) / (1 if function == "sum" else len(values)) if function == "average" else sum(values)
    except OverflowError:
        return None
    return total if is_number(total) else None


def _filter_slot(events: EventFilter, code: Code) -> str:
    if events.where is None:
        return code.slot(None)
    inner = Code(filtering=True)
    condition_body(events.where, inner)
    return code.slot(inner.bind())


def _window_code(function: Callable[..., Any], events: EventFilter, window: int | None, code: Code) -> str:
    where = _filter_slot(events, code)
    return f"{code.slot(function)}(facts, {code.slot(events.names)}, {code.slot(window)}, {where}"


@value_code.register
def _aggregate_code(value: Aggregate, code: Code, want: Type) -> str:
    if value.function == "count":
        return converted(_window_code(count, value.events, value.window, code) + ")", Type.NUMBER, want, code)
    if value.function in ("first", "last"):
        read = first if value.function == "first" else last
        call = _window_code(read, value.events, value.window, code) + f", {code.slot(value.path)})"
        return parsed(code.local(call), family(value), want, code)
    call = _window_code(numbers, value.events, value.window, code) + f", {code.slot(value.path)})"
    return converted(f"{code.slot(folded)}({code.slot(value.function)}, {call})", Type.NUMBER, want, code)


@value_code.register
def _time_since_code(value: TimeSince, code: Code, want: Type) -> str:
    call = f"{code.slot(time_since)}(facts, {code.slot(value.events.names)}, {_filter_slot(value.events, code)})"
    return converted(call, Type.DURATION, want, code)


@truth_code.register
def _did_code(condition: Did, code: Code) -> str:
    return _window_code(did, condition.events, condition.window, code) + ")"


@truth_code.register
def _did_not_code(condition: DidNot, code: Code) -> str:
    name = code.local(_window_code(did, condition.events, condition.window, code) + ")")
    return f"(None if {name} is None else not {name})"


def _past(events: EventFilter, window: int | None, view: View) -> list[Past]:
    now = view.facts.now
    start = ALWAYS if window is None else now - window
    return [
        (time, properties)
        for time, properties in view.facts.history.events(events.names)
        if start < time <= now
        and (events.where is None or explanation(events.where, view.of(properties)).truth is True)
    ]


def _gap(events: EventFilter, window: int | None, view: View) -> Unknown | None:
    """Why history cannot tell what did not happen, if it cannot."""
    start = ALWAYS if window is None else view.facts.now - window
    names, history = event_words(events.names), view.facts.history
    if history.overflowed(events.names, start):
        return Unknown("too-many-events", f"too-many-events: more {names} than history keeps")
    if history.complete_since(events.names) > max(start, 0):
        span = "is still being gathered" if window is None else f"is younger than {duration_words(window)}"
        return Unknown("warming-up", f"warming-up: history of {names} {span}")
    return None


@reading.register
def _aggregate(value: Aggregate, view: View, want: Type) -> Any:
    found = _aggregated(value, view)
    name = words(value)
    hide = bool(value.path) and view.sensitive(Property("event", value.path))
    if not isinstance(found, Unknown):
        view.seen.append(Seen(name, "hidden" if hide else shown(found)))
        return parsed_as(found, family(value), want, name, view)
    return found


def _aggregated(value: Aggregate, view: View) -> Any:
    events, gap = _past(value.events, value.window, view), _gap(value.events, value.window, view)
    if gap and not (value.function == "last" and events):
        return gap
    if value.function == "count":
        return len(events)
    if not events and value.function != "sum":
        return Unknown("missing", f"there is no {words(value)}, because there is no such event")
    values = [at_path(properties, value.path) for _, properties in events]
    if value.function in ("first", "last"):
        end = values[0] if value.function == "first" else values[-1]
        return Unknown("missing", f"{words(value)} is missing") if end is None else end
    return _folded(value, values)


def _folded(value: Aggregate, values: list[Any]) -> Any:
    path = words(Property("event", value.path))
    for each in values:
        if each is None:
            return Unknown("missing", f"{path} is missing in one {event_words(value.events.names)}")
        if not is_number(each):
            kind = kind_of(each) if type(each) not in (int, float) else "not finite"
            return Unknown("wrong-type", f"{path} is {kind} in one {event_words(value.events.names)}, not a number")
    result = folded(value.function, values)
    return Unknown("too-large", f"{words(value)} is too large") if result is None else result


@reading.register
def _time_since(value: TimeSince, view: View, want: Type) -> Any:
    events = _past(value.events, None, view)
    if want is not Type.DURATION:
        return Unknown("wrong-type", f"{words(value)} is a duration")
    if not events:
        return Unknown("missing", f"there is no {words(value)}, because there is no such event")
    since = view.facts.now - events[-1][0]
    view.seen.append(Seen(words(value), shown(since, Type.DURATION)))
    return since


@explanation.register
def _did(condition: Did, view: View) -> Explained:
    return _done(condition, True, view)


@explanation.register
def _did_not(condition: DidNot, view: View) -> Explained:
    return _done(condition, False, view)


def _done(condition: Did | DidNot, truth: bool, view: View) -> Explained:
    events = _past(condition.events, condition.window, view)
    gap = None if events else _gap(condition.events, condition.window, view)
    if not gap:
        view.seen.append(Seen(f"count of {event_words(condition.events.names)}", shown(len(events))))
    return concluded(gap or (truth if events else not truth), words(condition), view)
