"""
Conditions as the compiled core takes them: nested tuples, whose first item is a word.

What the core does not know (the calendar, history, segments, consent, patterns) makes the whole condition one that
only Python tests.
"""

from __future__ import annotations

from duly.conditions.family import JSON, family, meeting
from duly.meaning import model
from duly.meaning.model import Type
from duly.native.lowered import Lowered, Unsupported, is_number, is_text, lower_path

ALWAYS: Lowered = ("always",)
"""No condition: always true."""

UNKNOWN: Lowered = ("unknown",)
_DEEPEST = 50
_RELATIONS = 64


def lower_condition(condition: model.Condition | None, relations: tuple[str, ...]) -> Lowered | None:
    """
    What the core makes a condition of, or None where it cannot.

    `relations` are those that the rule reads, in the order in which the core will be told of them.
    """
    if condition is None:
        return ALWAYS
    try:
        return _condition(condition, relations, 0)
    except Unsupported:
        return None


def _condition(condition: model.Condition, relations: tuple[str, ...], depth: int) -> Lowered:
    if depth > _DEEPEST:
        raise Unsupported
    match condition:
        case model.And(terms) | model.Or(terms) if terms:
            word = "and" if isinstance(condition, model.And) else "or"
            return (word, *(_condition(term, relations, depth + 1) for term in terms))
        case model.Not(term):
            return ("not", _condition(term, relations, depth + 1))
        case model.Related(relation) if relation in relations[:_RELATIONS]:
            return ("related", relations.index(relation))
        case model.Missing(value):
            return ("missing", _property(value))
        case model.Comparison(operator, left, right):
            return _comparison(operator, left, right, depth)
        case model.Within(value, low, high):
            return ("and", _comparison(">=", value, low, depth), _comparison("<=", value, high, depth))
        case model.OneOf():
            return _one_of(condition, depth)
        case model.TextTest(kind, value, part):
            if family(value) not in JSON or family(part) not in JSON:
                return UNKNOWN
            return (kind, _value(value, depth + 1), _value(part, depth + 1))
        case _:
            raise Unsupported


def _comparison(operator: str, left: model.Value, right: model.Value, depth: int) -> Lowered:
    kind = meeting(family(left), family(right))
    if kind is None:
        return UNKNOWN
    if kind is not Type.ANY:
        raise Unsupported
    return ("compare", operator, _value(left, depth + 1), _value(right, depth + 1))


def _one_of(condition: model.OneOf, depth: int) -> Lowered:
    return ("one of", _value(condition.value, depth + 1), *map(_constant, condition.items))


def _value(value: model.Value, depth: int) -> Lowered:
    """A value as JSON."""
    if depth > _DEEPEST or family(value) not in JSON:
        raise Unsupported
    match value:
        case model.Constant():
            return ("constant", _constant(value))
        case model.Property():
            return _property(value)
        case model.Arithmetic(operator, left, right):
            return (operator, _value(left, depth + 1), _value(right, depth + 1))
        case _:
            raise Unsupported


def _constant(constant: model.Constant) -> model.Scalar:
    value = constant.value
    fits = {Type.TEXT: is_text(value), Type.NUMBER: is_number(value), Type.BOOLEAN: type(value) is bool}
    if not fits.get(constant.type):
        raise Unsupported
    return value


def _property(value: model.Property) -> Lowered:
    return ("user" if value.scope == "user" else "event", lower_path(value.path))
