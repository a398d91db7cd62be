"""What a trigger and the `unless` clauses of a rule look back on, in the form the engine takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from duly.conditions.compile import compile_filter
from duly.conditions.context import Facts
from duly.conditions.reads import HistoryRead, Reads, reads, walk
from duly.meaning import model

Key = tuple[str, ...]
Filter = Callable[[Facts, dict[str, Any]], bool | None]


@dataclass(frozen=True, slots=True)
class UnlessPlan:
    """
    What cancels a notification: an event called one of `names` at or after the trigger.

    With `key`, only one that has the trigger's value there; with `test`, only one of which it is true.
    """

    names: tuple[str, ...]
    key: Key | None
    test: Filter | None


def unless_of(rule: model.Rule) -> tuple[UnlessPlan, ...]:
    """The `unless` clauses of a rule."""
    return tuple(
        UnlessPlan(each.names, each.key, None if each.where is None else compile_filter(each.where))
        for each in rule.unless
    )


def delay_of(trigger: model.Trigger) -> int:
    """From the event that starts an instance to the instant that triggers it, in microseconds."""
    return trigger.within if isinstance(trigger, model.SequenceTrigger) and trigger.absent else 0


def heard_names(trigger: model.Trigger) -> tuple[str, ...]:
    """The events whose arrival makes an instance: of a sequence the last one, of an absence the first."""
    if isinstance(trigger, model.EventTrigger):
        return trigger.names
    if isinstance(trigger, model.SequenceTrigger):
        return trigger.first if trigger.absent else trigger.second
    return ()


def cancelling_names(rule: model.Rule) -> Iterable[str]:
    """The events that can end what waits: those of `unless`, and both events of an absence."""
    for each in rule.unless:
        yield from each.names
    if isinstance(rule.trigger, model.SequenceTrigger) and rule.trigger.absent:
        yield from rule.trigger.first
        yield from rule.trigger.second


def trigger_reads(rule: model.Rule) -> Reads:
    """
    The history that the trigger and the `unless` clauses need, for as long as an instance can live.

    An instance lives until its rule's expiry after the trigger; where the event itself names its end, nobody can tell
    how long, and all is kept.
    """
    total, trigger = Reads(), rule.trigger
    life = None if rule.expiry.at is not None else rule.expiry.after + delay_of(trigger)
    for each in rule.unless:
        seen = reads(model.Did(model.EventFilter(each.names, each.where), life))
        total |= seen | Reads(histories={each.names: HistoryRead(life, _paths(each.key))})
    if isinstance(trigger, model.SequenceTrigger):
        span = None if rule.expiry.at is not None else rule.expiry.after + trigger.within
        own = HistoryRead(span, _paths(trigger.key))
        total |= Reads(histories={trigger.first: own}) | Reads(histories={trigger.second: own})
    if isinstance(trigger, model.SegmentTrigger):
        total |= Reads(segments=frozenset({trigger.segment}))
    return total


def is_timeless(condition: model.Condition | None) -> bool:
    """Whether only the trigger's own properties decide, so that it makes no difference when a condition is tested."""
    if condition is None:
        return True
    read = reads(condition)
    others = read.relations or read.traits or read.segments or read.categories or read.histories
    return not others and not any(isinstance(part, model.Moment) for part in walk(condition))


def _paths(key: Key | None) -> frozenset[Key]:
    return frozenset() if key is None else frozenset({key})
