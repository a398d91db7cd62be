"""Which type a value has before it is read, and in which type two values meet."""

from __future__ import annotations

from functools import singledispatch

from duly.meaning.model import Aggregate, Arithmetic, Constant, Moment, Property, TimeSince, Type, Value

JSON = frozenset({Type.ANY, Type.NUMBER, Type.TEXT, Type.BOOLEAN})
"""The families whose values stay as JSON wrote them; all others are `int` at run time."""

CALENDAR = frozenset({Type.INSTANT, Type.DATE})


@singledispatch
def family(value: Value) -> Type:
    """The type a value is sure to have when it is known at all; ANY for whatever JSON brings."""
    raise TypeError(type(value))


@family.register(Constant)
@family.register(Moment)
@family.register(TimeSince)
def _fixed(value: Constant | Moment | TimeSince) -> Type:
    return value.type


@family.register
def _property(value: Property) -> Type:
    return value.type if value.type in CALENDAR else Type.ANY


@family.register
def _aggregate(value: Aggregate) -> Type:
    if value.function not in ("first", "last"):
        return Type.NUMBER
    return value.type if value.type in CALENDAR else Type.ANY


@family.register
def _arithmetic(value: Arithmetic) -> Type:
    left, right = family(value.left), family(value.right)
    if left in JSON and right in JSON:
        return Type.NUMBER
    if right is Type.DURATION and value.operator in "+-":
        return left
    if left is Type.DURATION and value.operator == "+":
        return right
    return Type.DURATION


def meeting(left: Type, right: Type) -> Type | None:
    """The type in which values of two families are compared: ANY means as JSON, None that they never are."""
    if left in JSON and right in JSON:
        return Type.ANY
    if left is right:
        return left
    pair = {left, right}
    if pair <= CALENDAR:
        return Type.DATE
    if pair - CALENDAR == {Type.ANY}:
        return left if right is Type.ANY else right
    return None
