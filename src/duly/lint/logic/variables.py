"""The variables that conditions speak of, each under one name however it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from duly.conditions.reads import walk
from duly.meaning.model import (
    Aggregate,
    Arithmetic,
    Condition,
    Constant,
    EventFilter,
    Moment,
    Property,
    TimeSince,
    Type,
    Value,
)


@dataclass(frozen=True, slots=True)
class Carried:
    """A property of the trigger (which the object is part of) or a trait of the user."""

    of: Literal["event", "user"]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The events of a window, `window` microseconds long; None reaches back for ever."""

    names: tuple[str, ...]
    where: Condition | None
    window: int | None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A value that is worked out: a sum, a time since something, arithmetic; or the first or last of something."""

    value: Value


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether the user is in a relation, or has opted in to a category."""

    kind: Literal["related", "opted in"]
    name: str


@dataclass(frozen=True, slots=True)
class Clock:
    """`today`, and the day of the week that goes with it."""

    which: Literal["today", "day of week"]


@dataclass(frozen=True, slots=True)
class Pair:
    """How two values lie to each other."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Opaque:
    """A clause that is not looked into."""

    clause: Condition


Variable = Carried | Window | Reckoned | Membership | Clock | Pair | Opaque


def carried(value: Property) -> Carried:
    """The variable of a property."""
    return Carried("user" if value.scope == "user" else "event", value.path)


def window(events: EventFilter, length: int | None) -> Window:
    """The variable of a window of history."""
    return Window(tuple(sorted(events.names)), events.where, length)


def plain(value: Value) -> Value:
    """The value with the object it is about taken for what it is, a part of the event."""
    if isinstance(value, Property) and value.scope == "product":
        return Property("event", value.path, value.type)
    if isinstance(value, Arithmetic):
        return Arithmetic(value.operator, plain(value.left), plain(value.right), value.type)
    return value


def is_fixed(value: Value) -> bool:
    """Whether a value is made of literals alone."""
    return all(isinstance(part, Constant | Arithmetic) for part in walk(value))


def is_json(value: Value) -> bool:
    """Whether a value is whatever JSON brings."""
    return isinstance(value, Property) or (isinstance(value, Aggregate) and value.function in ("first", "last"))


def json_variable(value: Value) -> Carried | Reckoned:
    """The variable of a value that JSON brings."""
    return carried(value) if isinstance(value, Property) else Reckoned(value)


def is_clock(value: Value, kind: Type) -> bool:
    """Whether a value is a date or a weekday of the calendar on the wall."""
    return isinstance(value, Moment) and kind in (Type.DATE, Type.WEEKDAY)


def is_length(value: Value) -> bool:
    """Whether a value is never less than nothing."""
    return isinstance(value, TimeSince)
