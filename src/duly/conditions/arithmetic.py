"""`+ - * /` over numbers, instants, dates and durations."""

from __future__ import annotations

from typing import Any

from duly.conditions.calendar import as_wanted, converted, kind_of
from duly.conditions.code import LARGEST, Code, is_number, number_test, value_code
from duly.conditions.family import CALENDAR, JSON, family, meeting
from duly.conditions.truth import Unknown, View, reading
from duly.conditions.words import words
from duly.meaning.model import DAY, Arithmetic, Constant, Type, Value

_SIGNS = {"+": "+", "-": "-", "*": "*", "/": "/"}


def number_code(value: Value, code: Code) -> tuple[str, str]:
    """The name of a value that is to be a number, and an expression that is true when it is one."""
    name = value_code(value, code, Type.ANY)
    if name == "None":
        return name, "False"
    if family(value) is not Type.NUMBER:
        return name, number_test(name)
    return name, "True" if isinstance(value, Constant) else f"{name} is not None"


@value_code.register
def _arithmetic_code(value: Arithmetic, code: Code, want: Type) -> str:
    if family(value.left) in JSON and family(value.right) in JSON:
        return _numbers_code(value, code) if want is Type.ANY else "None"
    if shift := _shift(value, want):
        return _shift_code(value, shift, code, want)
    kind = _difference(value)
    if kind is None or want is not Type.DURATION:
        return "None"
    left, right = value_code(value.left, code, kind), value_code(value.right, code, kind)
    scale = f" * {DAY}" if kind is Type.DATE else ""
    return code.local(f"None if {left} is None or {right} is None else ({left} - {right}){scale}")


def _numbers_code(value: Arithmetic, code: Code) -> str:
    left, left_test = number_code(value.left, code)
    right, right_test = number_code(value.right, code)
    tests = [test for test in (left_test, right_test) if test != "True"]
    if value.operator == "/":
        tests.append(f"{right} != 0")
    guard = " and ".join(tests) or "True"
    result = code.local(f"{left} {_SIGNS[value.operator]} {right} if {guard} else None")
    return code.local(f"{result} if {result} is not None and -{LARGEST!r} <= {result} <= {LARGEST!r} else None")


def _shift_code(value: Arithmetic, shift: tuple[Value, Value, Type], code: Code, want: Type) -> str:
    base, by, kind = shift
    start, length = value_code(base, code, kind), value_code(by, code, Type.DURATION)
    known = f"{start} is not None and {length} is not None"
    if kind is Type.DATE:
        known, length = f"{known} and {length} % {DAY} == 0", f"({length} // {DAY})"
    moved = code.local(f"{start} {_SIGNS[value.operator]} {length} if {known} else None")
    return converted(moved, kind, want, code)


def _shift(value: Arithmetic, want: Type) -> tuple[Value, Value, Type] | None:
    """For an instant or date plus or minus a duration: what is moved, by what, and as which of the two it is read."""
    base, by = value.left, value.right
    if value.operator == "+" and family(base) is Type.DURATION:
        base, by = by, base
    if value.operator not in ("+", "-") or family(by) is not Type.DURATION:
        return None
    kind = want if family(base) is Type.ANY else family(base)
    return (base, by, kind) if kind in CALENDAR else None


def _difference(value: Arithmetic) -> Type | None:
    """For an instant or date minus another: as which of the two both are read."""
    kind = meeting(family(value.left), family(value.right)) if value.operator == "-" else None
    return kind if kind in CALENDAR else None


@reading.register
def _arithmetic(value: Arithmetic, view: View, want: Type) -> Any:
    if family(value.left) in JSON and family(value.right) in JSON:
        return _calculated(value, view) if want is Type.ANY else _nonsense(value)
    if shift := _shift(value, want):
        return _moved(value, shift, view, want)
    kind = _difference(value)
    if kind is None or want is not Type.DURATION:
        return _nonsense(value)
    left, right = reading(value.left, view, kind), reading(value.right, view, kind)
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    return (left - right) * (DAY if kind is Type.DATE else 1)


def _calculated(value: Arithmetic, view: View) -> Any:
    left, right = number(value.left, view), number(value.right, view)
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if value.operator == "/" and right == 0:
        return Unknown("division-by-zero", f"{words(value.right)} is 0, and {words(value)} divides by it")
    result = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }
    outcome = result[value.operator]()
    return outcome if is_number(outcome) else Unknown("too-large", f"{words(value)} is too large")


def number(value: Value, view: View) -> Any:
    """A value that is to be a number, or why it is none."""
    found = reading(value, view, Type.ANY)
    if isinstance(found, Unknown) or is_number(found):
        return found
    if type(found) is float or type(found) is int:
        return Unknown("too-large", f"{words(value)} is not a finite number")
    return Unknown("wrong-type", f"{words(value)} is {kind_of(found)}, not a number")


def _moved(value: Arithmetic, shift: tuple[Value, Value, Type], view: View, want: Type) -> Any:
    base, by, kind = shift
    start, length = reading(base, view, kind), reading(by, view, Type.DURATION)
    if isinstance(start, Unknown):
        return start
    if isinstance(length, Unknown):
        return length
    if kind is Type.DATE:
        if length % DAY:
            return Unknown("wrong-type", f"{words(by)} is not whole days, and {words(base)} is a date")
        length //= DAY
    moved = start + length if value.operator == "+" else start - length
    return as_wanted(moved, kind, want, words(value), view)


def _nonsense(value: Arithmetic) -> Unknown:
    return Unknown("wrong-type", f"{words(value)} mixes types that do not go together")
