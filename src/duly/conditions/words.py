"""A condition or value in the words of the language again."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import singledispatch
from math import isfinite
from typing import Any

from duly.meaning.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Aggregate,
    And,
    Arithmetic,
    Comparison,
    Condition,
    Constant,
    Did,
    DidNot,
    EventFilter,
    InSegment,
    Matches,
    Missing,
    Moment,
    Not,
    OneOf,
    OptedIn,
    Or,
    Property,
    Related,
    TextTest,
    TimeSince,
    Type,
    Value,
    Within,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second"), (1, "microsecond"))
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_EVENT = re.compile(r"[A-Z][A-Za-z0-9]*( (to|from|of|[A-Z][A-Za-z0-9]*))*", re.ASCII)
_RESERVED = frozenset({"user", "not", "event", "product"})
_LONGEST = 80
_SPOKEN = (Type.BOOLEAN, Type.WEEKDAY)


@singledispatch
def words(what: Condition | Value) -> str:
    """What one would write in a rule for it; percentages come out as plain numbers."""
    raise TypeError(type(what))


def quoted(text: str) -> str:
    """A text literal on one line."""
    return json.dumps(text, ensure_ascii=False)


def event_words(names: tuple[str, ...]) -> str:
    """One or several event names, quoted where they must be."""
    return " or ".join(name if _EVENT.fullmatch(name) else quoted(name) for name in names)


def duration_words(duration: int) -> str:
    """A duration in its largest whole unit up to days."""
    size, unit = next((size, unit) for size, unit in _UNITS if duration % size == 0)
    count = duration // size
    return f"{count} {unit}" + ("" if count == 1 else "s")


def number_words(number: float) -> str:
    """A number as people write it: no exponent, no trailing zeros, at most 12 significant digits after rounding."""
    if isinstance(number, int):
        return str(number) if abs(number) < 10**30 else f"{Decimal(number):.6E}"
    if not isfinite(number):
        return str(number)
    text = format(Decimal(f"{number:.12g}"), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def instant_words(instant: int) -> str:
    """An instant as ISO 8601 in UTC, to the second; those outside the years 1 to 9999 as microseconds."""
    try:
        return (datetime(1970, 1, 1) + timedelta(seconds=instant // SECOND)).isoformat() + "Z"  # noqa: DTZ001 - Z follows
    except OverflowError:
        return f"{instant} µs since 1970"


def shown(value: Any, kind: Type = Type.ANY) -> str:
    """A value that was read, short enough for a sentence."""
    if value is None:
        return "missing"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    if kind is Type.INSTANT:
        return instant_words(value)
    text = _scalar(value, kind)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _scalar(value: Any, kind: Type) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind is Type.DATE:
        return date.fromordinal(value).isoformat() if 0 < value <= date.max.toordinal() else str(value)
    if kind is Type.DURATION:
        return duration_words(value)
    if kind is Type.WEEKDAY:
        return WEEKDAYS[value % 7]
    if kind is Type.TIME:
        hours, rest = divmod(value, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        return f"{hours:02}:{minutes:02}" + (f":{rest // SECOND:02}" if rest else "")
    return number_words(value)


@words.register
def _constant(value: Constant) -> str:
    return _scalar(value.value, value.type)


@words.register
def _property(value: Property) -> str:
    path = ".".join(part if _IDENTIFIER.fullmatch(part) else quoted(part) for part in value.path)
    if value.scope != "event":
        return f"{value.scope}.{path}"
    first = value.path[0]
    return path if _IDENTIFIER.fullmatch(first) and first not in _RESERVED else f"event.{path}"


@words.register
def _arithmetic(value: Arithmetic) -> str:
    sides = [f"({words(side)})" if isinstance(side, Arithmetic) else words(side) for side in (value.left, value.right)]
    return f"{sides[0]} {value.operator} {sides[1]}"


@words.register
def _moment(value: Moment) -> str:
    return value.which


@words.register
def _aggregate(value: Aggregate) -> str:
    what = value.function
    if value.function != "count":
        path = words(Property("event", value.path))
        what = f"{what} {path} of" if value.function in ("first", "last") else f"{what} of {path} over"  # type: ignore[assignment]
    else:
        what = "count of"  # type: ignore[assignment]
    return f"{what} {_filter(value.events)}{_window(value.window)}"


@words.register
def _time_since(value: TimeSince) -> str:
    return f"time since {_filter(value.events)}"


def _filter(events: EventFilter) -> str:
    where = f" where {_term(events.where)}" if events.where is not None else ""
    return event_words(events.names) + where


def _window(window: int | None) -> str:
    return "" if window is None else f" in last {duration_words(window)}"


def _term(condition: Condition) -> str:
    text = words(condition)
    return f"({text})" if isinstance(condition, And | Or) else text


@words.register
def _and(condition: And) -> str:
    return " and ".join(_term(term) for term in condition.terms)


@words.register
def _or(condition: Or) -> str:
    return " or ".join(_term(term) for term in condition.terms)


@words.register
def _not(condition: Not) -> str:
    return f"not {_term(condition.term)}"


@words.register
def _comparison(condition: Comparison) -> str:
    operator: str = condition.operator
    sides = (condition.left, condition.right)
    if any(isinstance(side, Constant) and side.type in _SPOKEN for side in sides):
        operator = {"=": "is", "!=": "is not"}.get(operator, operator)
    return f"{words(condition.left)} {operator} {words(condition.right)}"


@words.register
def _one_of(condition: OneOf) -> str:
    return f"{words(condition.value)} in ({', '.join(words(item) for item in condition.items)})"


@words.register
def _within(condition: Within) -> str:
    return f"{words(condition.value)} between {words(condition.low)} and {words(condition.high)}"


@words.register
def _text_test(condition: TextTest) -> str:
    return f"{words(condition.value)} {condition.kind} {words(condition.part)}"


@words.register
def _matches(condition: Matches) -> str:
    pattern = re.sub(r"\\.|/", lambda found: r"\/" if found[0] == "/" else found[0], condition.pattern)
    return f"{words(condition.value)} matches /{pattern}/"


@words.register
def _missing(condition: Missing) -> str:
    return f"{words(condition.value)} is missing"


@words.register
def _related(condition: Related) -> str:
    return f"user {condition.relation} product"


@words.register
def _segment(condition: InSegment) -> str:
    return f"user in {condition.segment}"


@words.register
def _opted_in(condition: OptedIn) -> str:
    return f"user opted in to {condition.category}"


@words.register
def _did(condition: Did) -> str:
    return f"user did {_filter(condition.events)}{_window(condition.window)}"


@words.register
def _did_not(condition: DidNot) -> str:
    return f"user has not done {_filter(condition.events)}{_window(condition.window)}"
