"""What one clause, wanted true, false or not so, leaves of the variables it speaks of."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from duly.conditions.code import is_number
from duly.conditions.compile import compile_condition, compile_value
from duly.conditions.context import MISSING
from duly.conditions.family import CALENDAR, JSON, family, meeting
from duly.lint.logic import variables
from duly.lint.logic.domains import MISSING as ABSENT
from duly.lint.logic.domains import PRESENT as THERE
from duly.lint.logic.domains import Among, Counted, Domain, Measured
from duly.lint.logic.facts import Invented
from duly.lint.logic.json_atoms import json_values, searched
from duly.lint.logic.pairs import ordered
from duly.lint.logic.ranges import DAYS, LENGTHS, NUMBERS, WHOLE, Line, Ranges, counts, meet
from duly.lint.logic.variables import Clock, Membership, Opaque, Reckoned, Variable
from duly.lint.logic.wants import Want
from duly.meaning.model import (
    Aggregate,
    Arithmetic,
    Comparison,
    Condition,
    Constant,
    Did,
    DidNot,
    InSegment,
    Matches,
    Missing,
    OneOf,
    OptedIn,
    Related,
    Scalar,
    TextTest,
    Type,
    Value,
)

Constraint = tuple[Variable, Domain]
Leaf = tuple[Constraint, ...] | None
"""What must hold of each variable; None when it cannot be."""

FREE: Leaf = ()
SWAPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WEEK = Line(((WHOLE.start(0), WHOLE.start(7)),), WHOLE.start, WHOLE.end)


def constant(truth: bool | None, want: Want) -> Leaf:
    """What a clause leaves that is always so."""
    return FREE if truth in want.truths else None


@singledispatch
def leaf(clause: Condition, _want: Want) -> Leaf:
    """What must hold so that `clause` is as wanted."""
    raise TypeError(type(clause))


@leaf.register
def _related(clause: Related, want: Want) -> Leaf:
    return ((Membership("related", clause.relation), Among(frozenset({want.positive}))),)


@leaf.register
def _opted_in(clause: OptedIn, want: Want) -> Leaf:
    return ((Membership("opted in", clause.category), Among(frozenset({want.positive}))),)


@leaf.register
def _in_segment(clause: InSegment, want: Want) -> Leaf:
    return ((Opaque(clause), Among(want.truths)),)


@leaf.register
def _missing(clause: Missing, want: Want) -> Leaf:
    return ((variables.carried(clause.value), ABSENT if want.positive else THERE),)


@leaf.register
def _did(clause: Did, want: Want) -> Leaf:
    line = counts(len(clause.events.names))
    some, none = line.compared(">=", 1), line.compared("=", 0)
    complete = some if want.positive else none
    incomplete = line.full if want is Want.NOT_FALSE else () if want is Want.FALSE else complete
    return ((variables.window(clause.events, clause.window), Counted(complete, incomplete)),)


@leaf.register
def _did_not(clause: DidNot, want: Want) -> Leaf:
    return _did(Did(clause.events, clause.window), want.flipped)


@leaf.register(TextTest)
@leaf.register(Matches)
def _text(clause: TextTest | Matches, want: Want) -> Leaf:
    if family(clause.value) not in JSON:
        return constant(None, want)
    if variables.is_json(clause.value) and (values := searched(clause, want)) is not None:
        return ((variables.json_variable(clause.value), values),)
    return ((Opaque(clause), Among(want.truths)),)


@leaf.register
def _one_of(clause: OneOf, want: Want) -> Leaf:
    typed = [item.type for item in clause.items if item.type not in JSON]
    kind = meeting(family(clause.value), typed[0] if typed else Type.ANY)
    if kind is None:
        return constant(None, want)
    if variables.is_fixed(clause.value):
        return constant(compile_condition(clause).test(Invented()), want)
    items = [item for item in clause.items if (item.type in JSON if kind is Type.ANY else item.type is kind)]
    return _against(clause.value, "in", items, kind, want)


@leaf.register
def _comparison(clause: Comparison, want: Want) -> Leaf:
    left, right = folded(clause.left), folded(clause.right)
    operator: str = clause.operator
    kind = meeting(family(left), family(right))
    if kind is None:
        return constant(None, want)
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, right, operator = right, left, SWAPPED[operator]
    if not isinstance(right, Constant):
        return ordered(variables.plain(left), operator, variables.plain(right), kind, want)
    if isinstance(left, Constant):
        return constant(compile_condition(clause).test(Invented()), want)
    return _against(left, operator, [right], kind, want)


def folded(value: Value) -> Value:
    """The value with what can be worked out of literals worked out."""
    if not isinstance(value, Arithmetic) or not variables.is_fixed(value):
        return value
    known = compile_value(value)(Invented())
    return value if known is MISSING else Constant(known, family(value), value.span)


def _against(value: Value, operator: str, items: list[Constant], kind: Type, want: Want) -> Leaf:
    """`value operator item`, or `value in (item, …)`."""
    if variables.is_json(value) and kind in (Type.ANY, Type.DATE):
        return ((variables.json_variable(value), json_values(operator, items, kind, want)),)
    scalars = [item.value for item in items if kind is not Type.ANY or _counts(item)]
    if not scalars or (kind in CALENDAR and any(item.type is not Type.DATE for item in items)):
        return constant(None, want)
    if isinstance(value, Aggregate) and value.function == "count":
        return ((variables.window(value.events, value.window), _counted(value, operator, scalars, want)),)
    if variables.is_clock(value, kind):
        line, clock = (DAYS, Clock("today")) if kind is Type.DATE else (_WEEK, Clock("day of week"))
        return ((clock, Measured(_portion(line, operator, scalars, want), unknown=False)),)
    return (
        (Reckoned(variables.plain(value)), Measured(_portion(_line(value, kind), operator, scalars, want), want.open)),
    )


def _counts(item: Constant) -> bool:
    return item.type is Type.NUMBER and is_number(item.value)


def _line(value: Value, kind: Type) -> Line:
    if kind is Type.ANY:
        return NUMBERS
    return LENGTHS if variables.is_length(value) else WHOLE


def _portion(line: Line, operator: str, scalars: list[Scalar], want: Want) -> Ranges:
    chosen = line.points(scalars) if operator == "in" else line.compared(operator, scalars[0])
    return chosen if want.positive else line.rest(chosen)


def _counted(value: Aggregate, operator: str, scalars: list[Any], want: Want) -> Counted:
    line = counts(len(value.events.names))
    return Counted(meet(line.full, _portion(line, operator, scalars, want)), line.full if want.open else ())
