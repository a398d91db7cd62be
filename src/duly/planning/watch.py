"""Segments that some rule watches: which events can change them, and at which instants time alone can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from duly.conditions.compile import compile_condition, compile_value
from duly.conditions.context import Facts
from duly.conditions.family import family, meeting
from duly.conditions.reads import Part, all_reads, walk
from duly.meaning import model

Read = Callable[[Facts], Any]


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """
    A segment that starts rules.

    `names` are the events it counts; `traits` and `consent` say whether it reads those. Time alone changes it when an
    event leaves one of `windows` (names, microseconds), when the sides of one of `crossings` meet, or, with
    `midnights`, when the user's date changes. `definition` changes when its meaning does, `since` is the instant since
    which it is watched. `enters` and `leaves` are rules by name.
    """

    name: str
    test: Callable[[Facts], bool | None]
    definition: str
    names: frozenset[str]
    traits: bool
    consent: bool
    windows: tuple[tuple[tuple[str, ...], int], ...]
    crossings: tuple[tuple[Read, Read], ...]
    midnights: bool
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    since: int = 0


def watched_segments(rule_set: model.RuleSet) -> dict[str, SegmentPlan]:
    """The segments that some rule's trigger names, by name."""
    triggers = [(rule.name, rule.trigger) for rule in rule_set.rules.values()]
    starts = [(name, trigger) for name, trigger in triggers if isinstance(trigger, model.SegmentTrigger)]
    names = dict.fromkeys(trigger.segment for _, trigger in starts)
    return {name: _watch(name, rule_set, starts) for name in names if name in rule_set.segments}


def _watch(name: str, rule_set: model.RuleSet, starts: list[tuple[str, model.SegmentTrigger]]) -> SegmentPlan:
    conditions = list(_conditions(name, rule_set))
    read = all_reads(conditions)
    pairs = [pair for condition in conditions for pair in _clock_pairs(condition)]
    rules = [(rule, trigger.enters) for rule, trigger in starts if trigger.segment == name]
    return SegmentPlan(
        name=name,
        test=compile_condition(rule_set.segments[name].where).test,
        definition=sha256(repr(conditions).encode()).hexdigest()[:12],
        names=frozenset(event for names in read.histories for event in names),
        traits=bool(read.traits),
        consent=bool(read.categories),
        windows=tuple(dict.fromkeys(window for condition in conditions for window in _windows(condition))),
        crossings=tuple(_crossing(*pair) for pair in pairs if _meet_by_the_clock(*pair)),
        midnights=any(map(_reads_date, conditions)) or not all(_meet_by_the_clock(*pair) for pair in pairs),
        enters=tuple(rule for rule, enters in rules if enters),
        leaves=tuple(rule for rule, enters in rules if not enters),
    )


def _conditions(name: str, rule_set: model.RuleSet) -> Iterator[model.Condition]:
    """The condition of a segment and those of the segments it reads, each once."""
    todo, seen = [name], {name}
    while todo:
        segment = rule_set.segments.get(todo.pop(0))
        if segment is None:
            continue
        yield segment.where
        more = sorted(all_reads([segment.where]).segments - seen)
        seen.update(more)
        todo += more


def _windows(condition: model.Condition) -> Iterator[tuple[tuple[str, ...], int]]:
    for part in walk(condition):
        if isinstance(part, model.Aggregate | model.Did | model.DidNot) and part.window is not None:
            yield part.events.names, part.window


def _clock_pairs(condition: model.Condition) -> Iterator[tuple[model.Value, model.Value]]:
    """The two sides of every comparison that reads the clock."""
    for part in walk(condition):
        if isinstance(part, model.Comparison):
            yield from _if_clock(part.left, part.right)
        elif isinstance(part, model.Within):
            yield from _if_clock(part.value, part.low)
            yield from _if_clock(part.value, part.high)


def _if_clock(left: model.Value, right: model.Value) -> Iterator[tuple[model.Value, model.Value]]:
    if any(isinstance(part, model.Moment | model.TimeSince) for side in (left, right) for part in walk(side)):
        yield left, right


def _meet_by_the_clock(left: model.Value, right: model.Value) -> bool:
    return meeting(family(left), family(right)) not in (model.Type.DATE, model.Type.WEEKDAY, None)


def _crossing(left: model.Value, right: model.Value) -> tuple[Read, Read]:
    kind = meeting(family(left), family(right))
    want = None if kind is model.Type.ANY else kind
    return compile_value(left, want), compile_value(right, want)


def _reads_date(condition: model.Condition) -> bool:
    return any(isinstance(part, model.Moment) and part.which != "now" for part in _parts((condition,)))


def _parts(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield from walk(part)
