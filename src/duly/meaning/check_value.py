"""Checks values: literals, properties, arithmetic and what is read out of history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duly.meaning import errors, model
from duly.meaning.names import Scope
from duly.syntax import nodes
from duly.vocabulary.types import Type, arithmetic

_LONGEST = 3_660 * model.DAY
_COUNTED_NUMBERS = ("sum", "min", "max", "average")


def check_value(scope: Scope, node: nodes.Value) -> model.Value | None:
    """What a value means; None when it means nothing, which has then been reported."""
    return _VALUES[type(node)](scope, node)


def check_literal(_scope: Scope, node: nodes.Literal_) -> model.Constant:
    """A literal as a constant; a percentage is a number."""
    if isinstance(node, nodes.Date):
        return model.Constant(node.value.toordinal(), Type.DATE, node.span)
    return model.Constant(node.value, _LITERALS[type(node)], node.span)


def check_duration(scope: Scope, node: nodes.Duration, what: str) -> int | None:
    """The microseconds of a duration that must be more than nothing and at most ten years."""
    if 0 < node.value <= _LONGEST:
        return node.value
    scope.report(errors.out_of_range(scope.source, node.span, what, "1 second", "3,660 days"))
    return None


def check_property(scope: Scope, node: nodes.Path) -> model.Property | None:
    """
    What a written path stands for.

    `user.x` is a trait, `event.x` and a bare `x` a property of the event (inside a count, of the counted event), and
    `product.x`, for whatever a product is called, a property of the object that the event is about.
    """
    parts = node.parts
    if len(parts) > 1:
        if parts[0] == "user":
            return _trait(scope, node)
        if parts[0] == "event":
            return _of_event(scope, node, parts[1:])
        if parts[0] in scope.names.objects:
            return _of_object(scope, node)
    return _of_event(scope, node, parts)


def _trait(scope: Scope, node: nodes.Path) -> model.Property | None:
    path = node.parts[1:]
    return model.Property("user", path, scope.names.trait_type(path), node.span)


def _of_event(scope: Scope, node: nodes.Path, path: tuple[str, ...]) -> model.Property | None:
    events = scope.counted or scope.events
    if not events:
        scope.report(errors.no_event(scope.source, node.span, scope.text(node.span), scope.place))
        return None
    return model.Property("event", path, scope.names.property_type(events, path), node.span)


def _of_object(scope: Scope, node: nodes.Path) -> model.Property | None:
    object, path = node.parts[0], node.parts[1:]
    if not scope.events:
        scope.report(errors.no_object_here(scope.source, node.span, scope.text(node.span), scope.place))
    elif scope.about is None:
        scope.report(errors.no_object(scope.source, node.span, scope.text(node.span), object, scope.events[0]))
    elif scope.about != object:
        scope.report(errors.mixed_objects(scope.source, node.span, scope.events[0], scope.about, object))
    else:
        return model.Property("product", path, scope.names.property_type(scope.events, path), node.span)
    return None


def carried(value: model.Value) -> bool:
    """Whether a value comes out of an event or a trait, as JSON."""
    return isinstance(value, model.Property) or (
        isinstance(value, model.Aggregate) and value.function in ("first", "last")
    )


def check_key(scope: Scope, node: nodes.Path | None) -> tuple[str, ...] | None:
    """The path after `with the same`, a property that the trigger and the other event share."""
    if node is None:
        return None
    found = check_property(scope, node)
    if found is not None and found.scope == "user":
        scope.report(errors.trait_as_key(scope.source, node.span, scope.text(node.span)))
        return None
    return found.path if found else None


def check_events(scope: Scope, node: nodes.EventFilter) -> model.EventFilter | None:
    """The counted events and what must hold of each; inside, a bare name is a property of the counted event."""
    from duly.meaning.check_condition import check_condition  # values and conditions contain each other

    names = scope.event_names_of(node.events)
    if scope.counted:
        scope.report(errors.not_in_a_count(scope.source, node.span, scope.text(node.span)))
        return None
    if node.where is None:
        return model.EventFilter(names, None, node.span) if names else None
    counted = names or tuple(event.value for event in node.events)
    where = check_condition(scope.inside(counted), node.where)
    return model.EventFilter(names, where, node.span) if names and where else None


def check_window(scope: Scope, node: nodes.Duration | None) -> tuple[bool, int | None]:
    """Whether `in last D` is fine, and its microseconds; without one it reaches as far as history does."""
    if node is None:
        return True, None
    duration = check_duration(scope, node, "`in last`")
    return duration is not None, duration


def _arithmetic(scope: Scope, node: nodes.Arithmetic) -> model.Value | None:
    left, right = check_value(scope, node.left), check_value(scope, node.right)
    if left is None or right is None:
        return None
    type = arithmetic(node.operator, left.type, right.type, carried(left), carried(right))
    if type is None:
        scope.report(errors.no_arithmetic(scope.source, node.span, node.operator, left.type, right.type))
        return None
    if node.operator == "/" and isinstance(right, model.Constant) and right.value == 0:
        scope.report(errors.division_by_zero(scope.source, node.span))
        return None
    return model.Arithmetic(node.operator, left, right, type, node.span)


def _negative(scope: Scope, node: nodes.Negative) -> model.Value | None:
    value = check_value(scope, node.value)
    if value is None:
        return None
    if value.type not in (Type.NUMBER, Type.ANY):
        scope.report(errors.wrong_type(scope.source, node.span, "`-`", Type.NUMBER, value.type))
        return None
    return model.Arithmetic("-", model.Constant(0, Type.NUMBER, node.span), value, Type.NUMBER, node.span)


def _moment(_scope: Scope, node: nodes.Moment) -> model.Value | None:
    return model.Moment(node.which, node.span)


def _count(scope: Scope, node: nodes.Count) -> model.Value | None:
    events = check_events(scope, node.events)
    fine, window = check_window(scope, node.window)
    return model.Aggregate("count", events, window, (), Type.NUMBER, node.span) if events and fine else None


def _aggregate(scope: Scope, node: nodes.Aggregate) -> model.Value | None:
    events = check_events(scope, node.events)
    fine, window = check_window(scope, node.window)
    if events is None or not fine:
        return None
    of = check_property(scope.inside(events.names), node.path)
    if of is None:
        return None
    if node.function not in _COUNTED_NUMBERS:
        return model.Aggregate(node.function, events, window, of.path, of.type, node.span)
    if of.type not in (Type.NUMBER, Type.ANY):
        scope.report(errors.wrong_type(scope.source, node.path.span, f"`{node.function} of`", Type.NUMBER, of.type))
        return None
    return model.Aggregate(node.function, events, window, of.path, Type.NUMBER, node.span)


def _time_since(scope: Scope, node: nodes.TimeSince) -> model.Value | None:
    events = check_events(scope, node.events)
    return model.TimeSince(events, node.span) if events else None


_LITERALS: dict[type, Type] = {
    nodes.Number: Type.NUMBER,
    nodes.Percent: Type.NUMBER,
    nodes.Text: Type.TEXT,
    nodes.Truth: Type.BOOLEAN,
    nodes.Time: Type.TIME,
    nodes.Date: Type.DATE,
    nodes.Duration: Type.DURATION,
    nodes.Weekday: Type.WEEKDAY,
}

_VALUES: dict[type, Callable[[Scope, Any], model.Value | None]] = {
    **dict.fromkeys(_LITERALS, check_literal),
    nodes.Path: check_property,
    nodes.Arithmetic: _arithmetic,
    nodes.Negative: _negative,
    nodes.Moment: _moment,
    nodes.Count: _count,
    nodes.Aggregate: _aggregate,
    nodes.TimeSince: _time_since,
}
