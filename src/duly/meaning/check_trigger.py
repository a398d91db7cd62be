"""Checks what starts a rule: events, sequences of events, segments, the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from duly.meaning import errors, model
from duly.meaning.check_value import check_duration, check_key
from duly.meaning.names import Scope
from duly.syntax import nodes

CALENDAR = "a rule that the calendar starts"
SEGMENT = "a rule that a segment starts"


def check_trigger(scope: Scope, node: nodes.Trigger) -> model.Trigger | None:
    """What a trigger means; `scope` learns which events it hears and what they are about."""
    return _TRIGGERS[type(node)](scope, node)


def fans_out(scope: Scope) -> frozenset[str]:
    """The trigger's events that concern everybody bound to an object, whoever sent them."""
    if scope.about is None:
        return frozenset()
    return frozenset(event for event in scope.events if event in scope.names.events)


def _when_event(scope: Scope, node: nodes.WhenEvent) -> model.Trigger | None:
    if not _hear(scope, node.events):
        return None
    return model.EventTrigger(scope.events, node.span)


def _when_sequence(scope: Scope, node: nodes.WhenSequence | nodes.WhenAbsent) -> model.Trigger | None:
    absent = isinstance(node, nodes.WhenAbsent)
    # The trigger, whose properties a condition reads, is what starts the wait, or what completes the sequence.
    heard = _hear(scope, node.first if absent else node.second)
    other = scope.event_names_of(node.second if absent else node.first)
    within = check_duration(scope, node.within, "`within`")
    key = check_key(scope, node.key) if heard else None
    if not heard or other is None or within is None or (node.key and key is None):
        return None
    first, second = (scope.events, other) if absent else (other, scope.events)
    return model.SequenceTrigger(first, second, within, absent, key, node.span)


def _hear(scope: Scope, written: Iterable[nodes.EventName]) -> bool:
    """Take in the events of the trigger; those that are about something must be about the same kind of thing."""
    written = tuple(written)
    names = scope.event_names_of(written)
    scope.events = names or tuple(dict.fromkeys(event.value for event in written))
    for event in written:
        about = scope.names.events.get(event.value)
        if about is None:
            continue
        if scope.about is not None and scope.about != about.about:
            scope.report(errors.mixed_objects(scope.source, event.span, event.value, about.about, scope.about))
            return False
        scope.about = about.about
    broken = any(_is_broken(scope, event) for event in written)
    return names is not None and not broken


def _is_broken(scope: Scope, event: nodes.EventName) -> bool:
    """Whether an event is declared, but nobody can tell as what: rules about it wait for that to be repaired."""
    return event.value not in scope.names.events and scope.names.is_declared("event", event.value)


def _when_segment(scope: Scope, node: nodes.WhenEnters | nodes.WhenLeaves) -> model.Trigger | None:
    scope.place = SEGMENT
    if not scope.segment(node.segment):
        return None
    scope.segments.append(nodes.InSegment(node.segment, node.span))
    return model.SegmentTrigger(node.segment.value, isinstance(node, nodes.WhenEnters), node.span)


def _every_day(scope: Scope, node: nodes.EveryDay) -> model.Trigger:
    scope.place = CALENDAR
    days = tuple(sorted({day.value for day in node.weekdays}))
    return model.CalendarTrigger(days, None, node.span)


def _every_month(scope: Scope, node: nodes.EveryMonth) -> model.Trigger | None:
    scope.place = CALENDAR
    if 1 <= node.day <= 31:
        return model.CalendarTrigger((), node.day, node.span)
    scope.report(errors.out_of_range(scope.source, node.span, "the day of the month", "1", "31"))
    return None


_TRIGGERS: dict[type, Callable[[Scope, Any], model.Trigger | None]] = {
    nodes.WhenEvent: _when_event,
    nodes.WhenSequence: _when_sequence,
    nodes.WhenAbsent: _when_sequence,
    nodes.WhenEnters: _when_segment,
    nodes.WhenLeaves: _when_segment,
    nodes.EveryDay: _every_day,
    nodes.EveryMonth: _every_month,
}
