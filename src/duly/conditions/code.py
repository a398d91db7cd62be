"""Source text of one generated function: what varies between rules is a slot, so that alike rules share their code."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, singledispatch
from types import CodeType, FunctionType
from typing import Any

from duly.meaning.model import And, Condition, Missing, Not, OptedIn, Or, Related, Type, Value

LARGEST = 1.7976931348623157e308
"""Numbers beyond it, either way, are unknown; NaN lies outside as well."""

_BUILTINS = {kind.__name__: kind for kind in (type, int, float, str, bool, dict, list)}
_GLOBALS = {"__builtins__": _BUILTINS, "__name__": "duly.generated"}


class Code:
    """
    A function under construction.

    Only slots, temporaries and fixed words enter the text: nothing a rule says can become code. `filtering` is true
    inside `count of E where …`, where `event` is the counted event and no longer the trigger.
    """

    __slots__ = ("depth", "filtering", "lines", "slots", "temporaries")

    def __init__(self, filtering: bool = False) -> None:
        self.filtering = filtering
        self.lines: list[str] = []
        self.slots: list[Any] = []
        self.temporaries = 0
        self.depth = 1

    def slot(self, value: Any) -> str:
        """The name by which the function will know `value`."""
        self.slots.append(value)
        return f"c{len(self.slots) - 1}"

    def line(self, text: str) -> None:
        """Add one statement at the current depth."""
        self.lines.append(" " * self.depth + text)

    def local(self, expression: str) -> str:
        """Add a temporary that holds `expression`."""
        name = f"v{self.temporaries}"
        self.temporaries += 1
        self.line(f"{name} = {expression}")
        return name

    @property
    def arguments(self) -> str:
        """What a function of the same kind is called with."""
        return "facts, event" if self.filtering else "facts"

    def bind(self) -> Callable[..., Any]:
        """The finished function, with this rule's values in the slots."""
        names = "".join(f", c{number}" for number in range(len(self.slots)))
        start = "" if self.filtering else " event = facts.event\n"
        source = f"def generated({self.arguments}{names}):\n{start}" + "\n".join(self.lines) + "\n"
        return FunctionType(_compiled(source), _GLOBALS, "generated", tuple(self.slots))


@lru_cache(maxsize=16384)
def _compiled(source: str) -> CodeType:
    module = compile(source, "<duly condition>", "exec", dont_inherit=True)
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


@singledispatch
def truth_code(condition: Condition, _code: Code) -> str:
    """Add what decides `condition` and return an expression for its truth; each kind's file registers its own."""
    raise TypeError(type(condition))


@singledispatch
def value_code(value: Value, _code: Code, _want: Type) -> str:
    """
    Add what reads `value` as the wanted type (ANY: as JSON) and return the name that holds it, or the word `None`.

    Unknown is None at run time. Each kind's file registers its own.
    """
    raise TypeError(type(value))


def number_test(name: str) -> str:
    """An expression that is true when the variable `name` holds a number that can be reckoned with."""
    return f"(type({name}) is float or type({name}) is int) and -{LARGEST!r} <= {name} <= {LARGEST!r}"


def is_number(value: Any) -> bool:
    """What `number_test` says, for a value at hand."""
    return (type(value) is float or type(value) is int) and -LARGEST <= value <= LARGEST


def two_valued(condition: Condition) -> bool:
    """Whether a condition can never be unknown."""
    if isinstance(condition, And | Or):
        return all(two_valued(term) for term in condition.terms)
    if isinstance(condition, Not):
        return two_valued(condition.term)
    return isinstance(condition, Missing | Related | OptedIn)
