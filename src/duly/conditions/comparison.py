"""`= != < <= > >=`, `in (…)` and `between`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duly.conditions.arithmetic import number, number_code
from duly.conditions.calendar import kind_of
from duly.conditions.code import Code, is_number, truth_code, value_code
from duly.conditions.family import JSON, family, meeting
from duly.conditions.truth import Explained, Unknown, View, concluded, explanation, reading
from duly.conditions.words import words
from duly.meaning.model import And, Comparison, Constant, OneOf, Type, Value, Within

_SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


@truth_code.register
def _comparison_code(condition: Comparison, code: Code) -> str:
    left, right = condition.left, condition.right
    kinds = (family(left), family(right))
    kind = meeting(*kinds)
    if kind is None:
        return "None"
    if kind is not Type.ANY:
        return _typed_code(condition, kind, code)
    if Type.NUMBER in kinds:
        (first, first_test), (second, second_test) = number_code(left, code), number_code(right, code)
        tests = [test for test in (first_test, second_test) if test != "True"]
        return _guarded(first, condition, second, tests)
    first, second = value_code(left, code, kind), value_code(right, code, kind)
    if Type.TEXT in kinds:
        return _guarded(first, condition, second, [f"type({first}) is str", f"type({second}) is str"])
    if Type.BOOLEAN in kinds:
        tests = (
            [f"type({first}) is bool", f"type({second}) is bool"] if condition.operator in ("=", "!=") else ["False"]
        )
        return _guarded(first, condition, second, tests)
    comparable = code.slot(equatable if condition.operator in ("=", "!=") else orderable)
    return _guarded(first, condition, second, [f"{comparable}({first}, {second})"])


def _typed_code(condition: Comparison, kind: Type, code: Code) -> str:
    first, second = value_code(condition.left, code, kind), value_code(condition.right, code, kind)
    return _guarded(first, condition, second, [f"{first} is not None", f"{second} is not None"])


def _guarded(first: str, condition: Comparison, second: str, tests: list[str]) -> str:
    compared = f"{first} {_SIGNS[condition.operator]} {second}"
    return f"({compared} if {' and '.join(tests)} else None)" if tests else f"({compared})"


def orderable(left: Any, right: Any) -> bool:
    """Whether two JSON values are both texts or both finite numbers."""
    return (type(left) is str and type(right) is str) or (is_number(left) and is_number(right))


def equatable(left: Any, right: Any) -> bool:
    """Whether two JSON values are orderable or both truth values."""
    return orderable(left, right) or (type(left) is bool and type(right) is bool)


@truth_code.register
def _within_code(condition: Within, code: Code) -> str:
    return truth_code(_bounds(condition), code)


def _bounds(condition: Within) -> And:
    value, low, high = condition.value, condition.low, condition.high
    return And((Comparison(">=", value, low), Comparison("<=", value, high)), condition.span)


@truth_code.register
def _one_of_code(condition: OneOf, code: Code) -> str:
    kind = _item_type(condition)
    if kind is None:
        return "None"
    items = _items(condition, kind)
    if kind is not Type.ANY:
        name = value_code(condition.value, code, kind)
        return f"({name} in {code.slot(items[kind])} if {name} is not None else None)"
    if set(items) == {Type.NUMBER}:
        name, test = number_code(condition.value, code)
        return f"({name} in {code.slot(items[Type.NUMBER])} if {test} else None)"
    name = value_code(condition.value, code, kind)
    if set(items) == {Type.TEXT}:
        return f"({name} in {code.slot(items[Type.TEXT])} if type({name}) is str else None)"
    return f"{code.slot(_one_of)}({name}, {code.slot(items)})"


def _item_type(condition: OneOf) -> Type | None:
    """In which type the value meets the items; those of another type are never equal to it."""
    typed = [item.type for item in condition.items if item.type not in JSON]
    return meeting(family(condition.value), typed[0] if typed else Type.ANY)


def _items(condition: OneOf, kind: Type) -> dict[Type, frozenset[Any]]:
    groups: dict[Type, set[Any]] = {} if kind is Type.ANY else {kind: set()}
    for item in condition.items:
        if (item.type in JSON) if kind is Type.ANY else item.type is kind:
            groups.setdefault(item.type, set()).add(item.value)
    return {group: frozenset(values) for group, values in groups.items()}


def _one_of(value: Any, items: dict[Type, frozenset[Any]]) -> bool | None:
    kind = (
        Type.TEXT
        if type(value) is str
        else Type.BOOLEAN
        if type(value) is bool
        else Type.NUMBER
        if is_number(value)
        else None
    )
    return value in items[kind] if kind in items else None


@explanation.register
def _comparison(condition: Comparison, view: View) -> Explained:
    return concluded(_compared(condition, view), words(condition), view)


def _compared(condition: Comparison, view: View) -> bool | Unknown:
    left, right = condition.left, condition.right
    kind = meeting(family(left), family(right))
    if kind is None:
        return Unknown("wrong-type", f"{words(left)} and {words(right)} are of types that do not compare")
    numeric = kind is Type.ANY and Type.NUMBER in (family(left), family(right))
    first = number(left, view) if numeric else reading(left, view, kind)
    second = number(right, view) if numeric else reading(right, view, kind)
    if isinstance(first, Unknown):
        return first
    if isinstance(second, Unknown):
        return second
    if kind is Type.ANY and not (equatable if condition.operator in ("=", "!=") else orderable)(first, second):
        return _mismatch(left, first, right, second)
    return _COMPARE[condition.operator](first, second)


def _mismatch(left: Value, first: Any, right: Value, second: Any) -> Unknown:
    if kind_of(first) == kind_of(second):
        return Unknown("wrong-type", f"{words(left)} is {_described(first)}, which does not compare so")
    if isinstance(left, Constant):
        left, first, right, second = right, second, left, first
    if isinstance(right, Constant):
        return Unknown("wrong-type", f"{words(left)} is {_described(first)}, not {kind_of(second)}")
    return Unknown("wrong-type", f"{words(left)} is {_described(first)} and {words(right)} is {_described(second)}")


def _described(value: Any) -> str:
    unusable = type(value) in (int, float) and not is_number(value)
    return "not a finite number" if unusable else kind_of(value)


@explanation.register
def _within(condition: Within, view: View) -> Explained:
    both = explanation(_bounds(condition), view)
    values = tuple(dict.fromkeys(seen for child in both.children for seen in child.values))
    unknown = next((child for child in both.children if child.truth is None), None)
    if both.truth is None and unknown is not None:
        return Explained(None, words(condition), (), values, unknown.cause, unknown.code)
    return Explained(both.truth, words(condition), (), values)


@explanation.register
def _one_of_explained(condition: OneOf, view: View) -> Explained:
    return concluded(_found(condition, view), words(condition), view)


def _found(condition: OneOf, view: View) -> bool | Unknown:
    kind, name = _item_type(condition), words(condition.value)
    if kind is None:
        return Unknown("wrong-type", f"{name} is of a type that none of the items has")
    value = reading(condition.value, view, kind)
    if isinstance(value, Unknown):
        return value
    if kind is not Type.ANY:
        return any(item.type is kind and item.value == value for item in condition.items)
    alike = [item.value for item in condition.items if item.type in JSON and equatable(value, item.value)]
    if not alike:
        return Unknown("wrong-type", f"{name} is {_described(value)}, which none of the items is")
    return value in alike
