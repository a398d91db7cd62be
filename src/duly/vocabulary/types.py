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

_CARRIED_AS_TEXT = frozenset({Type.TEXT, Type.DATE, Type.INSTANT, Type.TIME})
"""Types that JSON can only carry as a text, so that a property of one of them may hold another."""

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


def comparable(left: Type, right: Type, carried: bool = False) -> bool:
    """
    Whether two values of these types can be equal or ordered; ANY goes with everything.

    `carried` says that one of the two comes out of an event or a trait, where dates and times are texts.
    """
    if left is right or left is Type.ANY or right is Type.ANY:
        return True
    return carried and left in _CARRIED_AS_TEXT and right in _CARRIED_AS_TEXT


def arithmetic(operator: str, left: Type, right: Type) -> Type | None:
    """
    The type of `left operator right`, None when the two do not go together.

    Numbers with numbers; instant minus instant and date minus date are durations; a date or instant plus or minus a
    duration stays what it is.
    """
    if Type.ANY in (left, right):
        return _with_unknown(operator, right if left is Type.ANY else left)
    return _RESULTS.get((operator, left, right))


def _with_unknown(operator: str, known: Type) -> Type | None:
    if known is Type.ANY:
        return Type.ANY
    if known is Type.NUMBER:
        return Type.NUMBER
    return Type.ANY if known in (Type.DATE, Type.INSTANT, Type.DURATION) and operator in "+-" else None


def _results() -> dict[tuple[str, Type, Type], Type]:
    results = {(operator, Type.NUMBER, Type.NUMBER): Type.NUMBER for operator in "+-*/"}
    for moment in (Type.DATE, Type.INSTANT):
        results["-", moment, moment] = Type.DURATION
        results["+", moment, Type.DURATION] = moment
        results["-", moment, Type.DURATION] = moment
    return results


_RESULTS = _results()
