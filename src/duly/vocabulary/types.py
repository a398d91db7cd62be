"""The types of values and which of them go together."""

from __future__ import annotations

from enum import Enum


class Type(Enum):
    """The type of a value, as far as it is known before any event arrives."""

    ANY = "any"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    LIST = "list"
    OBJECT = "object"
    TIME = "time of day"
    DATE = "date"
    INSTANT = "instant"
    DURATION = "duration"
    WEEKDAY = "weekday"


ORDERED = frozenset({Type.ANY, Type.NUMBER, Type.TIME, Type.DATE, Type.INSTANT, Type.DURATION, Type.TEXT})
"""Types whose values have a before and an after."""

CALENDAR = frozenset({Type.DATE, Type.INSTANT})
"""Types that JSON carries as text, and that meet as dates."""

UNCARRIED = frozenset({Type.TIME, Type.WEEKDAY, Type.DURATION})
"""Types that JSON has no word for: no property and no trait is ever one of them."""

_PHRASES = {
    Type.ANY: "a value of any type",
    Type.NUMBER: "a number",
    Type.TEXT: "a text",
    Type.BOOLEAN: "true or false",
    Type.LIST: "a list",
    Type.OBJECT: "an object",
    Type.TIME: "a time of day",
    Type.DATE: "a date",
    Type.INSTANT: "an instant",
    Type.DURATION: "a duration",
    Type.WEEKDAY: "a day of the week",
}


def phrase(type: Type) -> str:
    """The type with its article, as messages say it."""
    return _PHRASES[type]


def comparable(left: Type, right: Type, left_carried: bool, right_carried: bool) -> bool:
    """
    Whether two values of these types can be equal or ordered.

    A value is carried when it comes out of an event or a trait: it may then be of any type that JSON has, and be a text
    where a date or an instant is meant.
    """
    if left is right and left is not Type.ANY:
        return True
    if left in CALENDAR or right in CALENDAR:
        return _is_moment(left, left_carried) and _is_moment(right, right_carried)
    return (left is Type.ANY and right not in UNCARRIED) or (right is Type.ANY and left not in UNCARRIED)


def _is_moment(type: Type, carried: bool) -> bool:
    return type in CALENDAR or type is Type.ANY or (carried and type is Type.TEXT)


def arithmetic(operator: str, left: Type, right: Type, left_carried: bool, right_carried: bool) -> Type | None:
    """
    The type of `left operator right`, None when the two do not go together.

    Numbers with numbers; instant minus instant and date minus date are durations; a date or instant plus or minus a
    duration stays what it is. What is carried by JSON and not said to be a number may be a date or an instant.
    """
    if left in _NUMBERS and right in _NUMBERS:
        return Type.NUMBER
    if operator == "-" and _is_moment(left, left_carried) and _is_moment(right, right_carried):
        return Type.DURATION
    if operator in "+-" and right is Type.DURATION and _is_moment(left, left_carried):
        return left if left in CALENDAR else Type.ANY
    return None


_NUMBERS = frozenset({Type.NUMBER, Type.ANY})
