"""Conditions and values as generated Python functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from duly.conditions import kinds  # noqa: F401 - registers all kinds
from duly.conditions.code import Code, value_code
from duly.conditions.connective import condition_body
from duly.conditions.context import MISSING, Absence, Facts
from duly.conditions.family import JSON, family
from duly.meaning.model import Condition, Type, Value

Test = Callable[[Facts], bool | None]
Read = Callable[[Facts], Any | Absence]
Filter = Callable[[Facts, dict[str, Any]], bool | None]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition that can be tested; None is unknown."""

    test: Test


def compile_condition(condition: Condition | None) -> Compiled:
    """
    The function that tests `condition`; no condition at all is true.

    Conditions that differ only in constants and names share one code object. Raises `ValueError` for a pattern that is
    not RE2, which a checked rule cannot contain.
    """
    code = Code()
    if condition is None:
        code.line("return True")
    else:
        condition_body(condition, code)
    return Compiled(code.bind())


def compile_filter(condition: Condition) -> Filter:
    """The function that tests `condition` of an event in the past, as `count of E where …` does."""
    code = Code(filtering=True)
    condition_body(condition, code)
    filter: Filter = code.bind()
    return filter


def compile_value(value: Value, want: Type | None = None) -> Read:
    """
    The function that reads `value`, `MISSING` when it is unknown.

    `want` asks for a property as INSTANT (microseconds) or DATE (`date.toordinal()`), which arrive as ISO 8601 text.
    """
    code = Code()
    kind = want or family(value)
    name = code.local(value_code(value, code, Type.ANY if kind in JSON else kind))
    code.line(f"return {code.slot(MISSING)} if {name} is None else {name}")
    return code.bind()
