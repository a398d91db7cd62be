"""`contains`, `starts with`, `ends with` and `matches`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from duly.conditions.calendar import kind_of
from duly.conditions.code import Code, is_number, truth_code, value_code
from duly.conditions.comparison import equatable
from duly.conditions.family import JSON, family
from duly.conditions.truth import Explained, Unknown, View, concluded, explanation, reading
from duly.conditions.words import words
from duly.meaning.model import Matches, TextTest, Type

Search = Callable[[str], Any]


@lru_cache(maxsize=4096)
def searcher(pattern: str) -> Search:
    """The search function of an RE2 pattern, linear in the text. Raises `ValueError` when it is not RE2."""
    options = re2.Options()
    options.log_errors = False
    try:
        search: Search = re2.compile(pattern, options=options).search
    except re2.error as error:
        raise ValueError(f"`{pattern}` is not a regular expression: {error}") from error
    return search


@truth_code.register
def _text_code(condition: TextTest, code: Code) -> str:
    if family(condition.value) not in JSON or family(condition.part) not in JSON:
        return "None"
    value, part = value_code(condition.value, code, Type.ANY), value_code(condition.part, code, Type.ANY)
    if condition.kind == "contains":
        return f"{code.slot(contains)}({value}, {part})"
    method = {"starts with": "startswith", "ends with": "endswith"}[condition.kind]
    return f"({value}.{method}({part}) if type({value}) is str and type({part}) is str else None)"


@truth_code.register
def _matches_code(condition: Matches, code: Code) -> str:
    if family(condition.value) not in JSON:
        return "None"
    value = value_code(condition.value, code, Type.ANY)
    return f"{code.slot(found)}({code.slot(searcher(condition.pattern))}, {value})"


def contains(value: Any, part: Any) -> bool | None:
    """Whether a text has a part or a list an item equal to `part` in type and value; None is unknown."""
    if type(value) is str:
        return part in value if type(part) is str else None
    if type(value) is not list or not (type(part) in (str, bool) or is_number(part)):
        return None
    return any(equatable(item, part) and item == part for item in value)


def found(search: Search, value: Any) -> bool | None:
    """Whether the pattern occurs in a text; None for what is no text, or none that UTF-8 can hold."""
    if type(value) is not str:
        return None
    try:
        return search(value) is not None
    except UnicodeEncodeError:
        return None


@explanation.register
def _text(condition: TextTest, view: View) -> Explained:
    return concluded(_tested(condition, view), words(condition), view)


def _tested(condition: TextTest, view: View) -> bool | Unknown:
    value = reading(condition.value, view, Type.ANY)
    part = reading(condition.part, view, Type.ANY)
    if isinstance(value, Unknown):
        return value
    if isinstance(part, Unknown):
        return part
    name, part_name = words(condition.value), words(condition.part)
    if type(value) is list and condition.kind == "contains":
        if type(part) in (list, dict) or not equatable(part, part):
            return Unknown("wrong-type", f"{part_name} is {kind_of(part)}, which is never looked for in a list")
        return any(equatable(item, part) and item == part for item in value)
    if type(value) is not str:
        return Unknown("wrong-type", f"{name} is {kind_of(value)}, not a text")
    if type(part) is not str:
        return Unknown("wrong-type", f"{part_name} is {kind_of(part)}, not a text")
    return {"contains": part in value, "starts with": value.startswith(part), "ends with": value.endswith(part)}[
        condition.kind
    ]


@explanation.register
def _matches(condition: Matches, view: View) -> Explained:
    value = reading(condition.value, view, Type.ANY)
    if isinstance(value, Unknown):
        return concluded(value, words(condition), view)
    truth = found(searcher(condition.pattern), value)
    wrong = Unknown("wrong-type", f"{words(condition.value)} is {kind_of(value)}, not a text that UTF-8 can hold")
    return concluded(wrong if truth is None else truth, words(condition), view)
