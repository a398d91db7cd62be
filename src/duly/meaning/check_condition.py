"""Checks conditions: connectives, comparisons, and what is known of the user."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from duly.meaning import errors, model
from duly.meaning.check_value import carried, check_events, check_literal, check_property, check_value, check_window
from duly.meaning.names import Scope
from duly.source import Span
from duly.syntax import nodes
from duly.vocabulary.types import ORDERED, UNCARRIED, Type, comparable

_LONGEST_PATTERN = 1_000


def check_condition(scope: Scope, node: nodes.Condition) -> model.Condition | None:
    """What a condition means; None when it means nothing, which has then been reported."""
    return _CONDITIONS[type(node)](scope, node)


def _and(scope: Scope, node: nodes.And) -> model.Condition | None:
    terms = _terms(scope, node.terms)
    return model.And(terms, node.span) if terms else None


def _or(scope: Scope, node: nodes.Or) -> model.Condition | None:
    terms = _terms(scope, node.terms)
    return model.Or(terms, node.span) if terms else None


def _terms(scope: Scope, written: tuple[nodes.Condition, ...]) -> tuple[model.Condition, ...] | None:
    """Every term is checked, so that one bad term does not hide the next."""
    terms = [check_condition(scope, term) for term in written]
    fine = tuple(term for term in terms if term is not None)
    return fine if len(fine) == len(terms) else None


def _not(scope: Scope, node: nodes.Not) -> model.Condition | None:
    term = check_condition(scope, node.term)
    return model.Not(term, node.span) if term else None


def _comparison(scope: Scope, node: nodes.Comparison) -> model.Condition | None:
    left, right = check_value(scope, node.left), check_value(scope, node.right)
    if left is None or right is None or not _agree(scope, left, right, node.span):
        return None
    if node.operator in ("=", "!="):
        if not (_allowed(scope, left, right) and _allowed(scope, right, left)):
            return None
    elif not _ordered(scope, node.operator, left, right, node.span):
        return None
    return model.Comparison(node.operator, left, right, node.span)


def _agree(scope: Scope, left: model.Value, right: model.Value, span: Span) -> bool:
    """Whether two values can be compared at all; what is carried by JSON has dates as text."""
    if comparable(left.type, right.type, carried(left), carried(right)):
        return True
    for value, other in ((left, right), (right, left)):
        if carried(value) and other.type in UNCARRIED:
            scope.report(errors.never_carried(scope.source, span, other.type))
            return False
    hint = _spelling(scope, left, right) or _spelling(scope, right, left)
    scope.report(errors.mixed_types(scope.source, span, left.type, right.type, hint))
    return False


def _spelling(scope: Scope, value: model.Value, literal: model.Value) -> str:
    """The right spelling of a literal of the wrong type, "" when there is none."""
    if not isinstance(literal, model.Constant):
        return ""
    if literal.type is Type.TEXT and value.type is Type.LIST:
        return "write `contains` to look for one of its items"
    if literal.type is Type.TEXT and isinstance(literal.value, str):
        unquoted = value.type is Type.NUMBER and _is_number(literal.value)
        unquoted |= value.type in (Type.DATE, Type.TIME, Type.DURATION, Type.WEEKDAY, Type.BOOLEAN)
        return f"write {errors.quoted(literal.value)} without quotes" if unquoted else ""
    if literal.type is Type.NUMBER and value.type is Type.DURATION:
        return f"write a unit, such as `{scope.text(literal.span)} days`"
    if literal.type is Type.NUMBER and value.type is Type.TEXT:
        return f'write `"{scope.text(literal.span)}"`: the value is a text'
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _ordered(scope: Scope, operator: str, left: model.Value, right: model.Value, span: Span) -> bool:
    for value in (left, right):
        if value.type not in ORDERED:
            scope.report(errors.unordered(scope.source, span, operator, value.type))
            return False
    return True


def _allowed(scope: Scope, value: model.Value, literal: model.Value) -> bool:
    """Whether the tracking plan lets a property ever be this literal."""
    if not (isinstance(value, model.Property) and isinstance(literal, model.Constant)) or scope.names.plan is None:
        return True
    if value.scope == "user" or literal.type is not Type.TEXT:
        return True
    allowed = scope.names.allowed_values(scope.counted or scope.events, value.path)
    if not allowed or literal.value in allowed:
        return True
    shown, texts = ".".join(value.path), [str(item) for item in allowed]
    scope.report(errors.not_in_enum(scope.source, literal.span, str(literal.value), shown, texts))
    return False


def _one_of(scope: Scope, node: nodes.OneOf) -> model.Condition | None:
    value = check_value(scope, node.value)
    items = tuple(check_literal(scope, item) for item in node.items)
    if value is None:
        return None
    for item in items:
        if not (_agree(scope, value, item, item.span) and _agree(scope, items[0], item, item.span)):
            return None
    if [item for item in items if not _allowed(scope, value, item)]:
        return None
    return model.OneOf(value, items, node.span)


def _within(scope: Scope, node: nodes.Within) -> model.Condition | None:
    value, low, high = (check_value(scope, part) for part in (node.value, node.low, node.high))
    if value is None or low is None or high is None:
        return None
    for end in (low, high):
        if not (_agree(scope, value, end, end.span) and _ordered(scope, "between", value, end, node.span)):
            return None
    if not _agree(scope, low, high, node.span) or _reversed(scope, low, high, node.span):
        return None
    return model.Within(value, low, high, node.span)


def _reversed(scope: Scope, low: model.Value, high: model.Value, span: Span) -> bool:
    if not (isinstance(low, model.Constant) and isinstance(high, model.Constant)):
        return False
    if low.value <= high.value:  # type: ignore[operator]
        return False
    scope.report(errors.empty_range(scope.source, span, scope.text(low.span), scope.text(high.span)))
    return True


def _text_test(scope: Scope, node: nodes.TextTest) -> model.Condition | None:
    value, part = check_value(scope, node.value), check_value(scope, node.part)
    if value is None or part is None:
        return None
    what = f"`{node.kind}`"
    if node.kind == "contains" and value.type is Type.LIST:
        return model.TextTest(node.kind, value, part, node.span)
    for side in (value, part):
        listed = node.kind == "contains" and side is part and value.type is Type.ANY
        if side.type not in (Type.TEXT, Type.ANY) and not listed:
            scope.report(errors.wrong_type(scope.source, side.span, what, Type.TEXT, side.type))
            return None
    return model.TextTest(node.kind, value, part, node.span)


def _matches(scope: Scope, node: nodes.Matches) -> model.Condition | None:
    value = check_value(scope, node.value)
    why = _fault(node.pattern.value)
    if why:
        scope.report(errors.bad_pattern(scope.source, node.pattern.span, node.pattern.value, why))
    if value is None or why:
        return None
    if value.type not in (Type.TEXT, Type.ANY):
        scope.report(errors.wrong_type(scope.source, value.span, "`matches`", Type.TEXT, value.type))
        return None
    return model.Matches(value, node.pattern.value, node.span)


@lru_cache(maxsize=4_096)
def _fault(pattern: str) -> str:
    """Why RE2 does not take a pattern, "" when it does."""
    if len(pattern) > _LONGEST_PATTERN:
        return f"it is longer than {_LONGEST_PATTERN:,} characters"
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        return _sentence(error.args[0] if error.args else "")
    return ""


def _sentence(why: Any) -> str:
    text = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
    return " ".join(text.split()).rstrip(".") or "RE2 does not read it"


def _missing(scope: Scope, node: nodes.Missing) -> model.Condition | None:
    if not isinstance(node.value, nodes.Path):
        scope.report(errors.not_a_property(scope.source, node.value.span, "`is missing`"))
        return None
    value = check_property(scope, node.value)
    return model.Missing(value, node.span) if value else None


def _related(scope: Scope, node: nodes.Related) -> model.Condition | None:
    relation = scope.relation(node.relation)
    if not _about_users(scope, node.span) or relation is None:
        return None
    if relation.object != node.object.value:
        related = (relation.name, relation.object, node.object.value)
        scope.report(errors.wrong_object(scope.source, node.object.span, *related))
        return None
    if not scope.events:
        scope.report(errors.no_object_here(scope.source, node.span, scope.text(node.span), scope.place))
        return None
    if scope.about is not None and scope.about != relation.object:
        scope.report(errors.mixed_objects(scope.source, node.span, scope.events[0], scope.about, relation.object))
        return None
    scope.bound.append((node, relation))
    return model.Related(relation.name, node.span)


def _in_segment(scope: Scope, node: nodes.InSegment) -> model.Condition | None:
    if not _about_users(scope, node.span) or not scope.segment(node.segment):
        return None
    scope.segments.append(node)
    return model.InSegment(node.segment.value, node.span)


def _opted_in(scope: Scope, node: nodes.OptedIn) -> model.Condition | None:
    category = scope.category(node.category)
    if not _about_users(scope, node.span) or category is None:
        return None
    return model.OptedIn(category.name, node.span)


def _did(scope: Scope, node: nodes.Did | nodes.DidNot) -> model.Condition | None:
    events = check_events(scope, node.events)
    fine, window = check_window(scope, node.window)
    if events is None or not fine:
        return None
    meant = model.Did if isinstance(node, nodes.Did) else model.DidNot
    return meant(events, window, node.span)


def _about_users(scope: Scope, span: Span) -> bool:
    """Conditions over the user do not belong inside a count, which sees one past event at a time."""
    if not scope.counted:
        return True
    scope.report(errors.not_in_a_count(scope.source, span, scope.text(span)))
    return False


_CONDITIONS: dict[type, Callable[[Scope, Any], model.Condition | None]] = {
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.Comparison: _comparison,
    nodes.OneOf: _one_of,
    nodes.Within: _within,
    nodes.TextTest: _text_test,
    nodes.Matches: _matches,
    nodes.Missing: _missing,
    nodes.Related: _related,
    nodes.InSegment: _in_segment,
    nodes.OptedIn: _opted_in,
    nodes.Did: _did,
    nodes.DidNot: _did,
}
