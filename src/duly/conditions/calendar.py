"""`now`, `today`, `day of week`, and how JSON text and instants become dates."""

from __future__ import annotations

from typing import Any

from duly.conditions.code import Code, value_code
from duly.conditions.context import Facts
from duly.conditions.family import JSON
from duly.conditions.iso import EPOCH_DAY, date_of, instant_of, local_date
from duly.conditions.truth import Seen, Unknown, View, reading
from duly.conditions.words import shown, words
from duly.meaning.model import DAY, Moment, Type

_THURSDAY = 3  # 1970-01-01


@value_code.register
def _moment_code(value: Moment, code: Code, want: Type) -> str:
    if value.which == "now":
        return converted("facts.now", Type.INSTANT, want, code)
    days = f"facts.zone.wall(facts.now) // {DAY}"
    if value.which == "today":
        return converted(f"{days} + {EPOCH_DAY}", Type.DATE, want, code)
    return converted(f"({days} + {_THURSDAY}) % 7", Type.WEEKDAY, want, code)


@reading.register
def _moment(value: Moment, view: View, want: Type) -> Any:
    moment = _of(value, view.facts)
    view.seen.append(Seen(words(value), shown(moment, value.type)))
    return as_wanted(moment, value.type, want, words(value), view)


def _of(value: Moment, facts: Facts) -> int:
    day, _ = divmod(facts.zone.wall(facts.now), DAY)
    return {"now": facts.now, "today": day + EPOCH_DAY, "day of week": (day + _THURSDAY) % 7}[value.which]


def converted(expression: str, have: Type, want: Type, code: Code) -> str:
    """The name of a value of the fixed type `have` as `want`; the word `None` where no such thing exists."""
    if have is want or (have in JSON and want is Type.ANY):
        return code.local(expression)
    if have is Type.INSTANT and want is Type.DATE:
        return code.local(f"{code.slot(local_date)}({expression}, facts.zone)")
    return "None"


def parsed(name: str, have: Type, want: Type, code: Code) -> str:
    """The name of a JSON value, declared to be `have`, as `want`: as it is, or parsed from ISO 8601 text."""
    if want is Type.ANY and have in JSON:
        return name
    if want is Type.INSTANT:
        return code.local(f"{code.slot(instant_of)}({name})")
    if want is Type.DATE:
        return code.local(f"{code.slot(date_of)}({name}, facts.zone)")
    return "None"


def as_wanted(value: int, have: Type, want: Type, name: str, view: View) -> Any:
    """What `converted` compiles."""
    if have is want:
        return value
    if have is Type.INSTANT and want is Type.DATE:
        day = local_date(value, view.facts.zone)
        return Unknown("wrong-type", f"{name} is outside the years 1 to 9999") if day is None else day
    return Unknown("wrong-type", f"{name} is {_A[have]}, not {_A[want]}")


def parsed_as(value: Any, have: Type, want: Type, name: str, view: View) -> Any:
    """What `parsed` compiles, for a value that is not missing."""
    if want is Type.ANY and have in JSON:
        return value
    if want is Type.INSTANT and (moment := instant_of(value)) is not None:
        return moment
    if want is Type.DATE and (day := date_of(value, view.facts.zone)) is not None:
        return day
    return Unknown("wrong-type", f"{name} is {kind_of(value)}, not {_A[want]}{_HINTS.get(want, '')}")


def kind_of(value: Any) -> str:
    """What JSON calls a value, with its article."""
    kinds = {
        str: "a text",
        bool: "a truth value",
        list: "a list",
        dict: "an object",
        int: "a number",
        float: "a number",
    }
    return kinds.get(type(value), "null")


_A = {
    Type.ANY: "a value of JSON",
    Type.NUMBER: "a number",
    Type.TEXT: "a text",
    Type.BOOLEAN: "a truth value",
    Type.LIST: "a list",
    Type.OBJECT: "an object",
    Type.TIME: "a time of day",
    Type.DATE: "a date",
    Type.INSTANT: "an instant",
    Type.DURATION: "a duration",
    Type.WEEKDAY: "a weekday",
}
_HINTS = {Type.INSTANT: " such as 2026-12-24T18:00:00Z", Type.DATE: " such as 2026-12-24"}
