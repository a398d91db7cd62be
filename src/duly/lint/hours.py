"""The hours of the week at which a rule may send: its own times and days, less the quiet hours that bind it."""

from __future__ import annotations

from functools import lru_cache

from duly.lint.frequency import binds, transactional
from duly.lint.rule import World
from duly.meaning import model
from duly.meaning.model import DAY, HOUR, WEEK
from duly.source import Span

Stretches = tuple[tuple[int, int], ...]
"""Half-open parts of the week in microseconds after Monday 00:00 on the wall, in order, apart from each other."""

ALWAYS: Stretches = ((0, WEEK),)


def quiet_of(world: World, rule: model.Rule) -> tuple[model.Quiet, ...]:
    """The quiet hours that bind a rule."""
    if not world.rule_set.quiet or transactional(world, rule):
        return ()
    known = world.once(_quiet_by_scope)
    key = (rule.category, rule.channel)
    if key not in known:
        known[key] = tuple(quiet for quiet in world.rule_set.quiet if binds(quiet, rule))
    return known[key]


def _quiet_by_scope(_world: World) -> dict[tuple[str, str], tuple[model.Quiet, ...]]:
    return {}


def permitted(world: World, rule: model.Rule) -> Stretches | None:
    """When a rule may send, all considered; None when its hours and the quiet ones go by different clocks."""
    known = world.once(_known)
    if rule.name not in known:
        known[rule.name] = _permitted(rule.timing, quiet_of(world, rule))
    return known[rule.name]


def _known(_world: World) -> dict[str, Stretches | None]:
    return {}


@lru_cache(maxsize=4_096)
def _permitted(timing: model.Timing, quiet: tuple[model.Quiet, ...]) -> Stretches | None:
    best = [timing.best] if timing.best else []
    hours: list[model.At | model.Hours] = [*timing.at, *timing.between, *best, *(each.hours for each in quiet)]
    if len({each.zone for each in hours}) > 1:
        return None
    found = scheduled(timing)
    for each in quiet:
        found = less(found, of_hours(each.hours))
    return found


@lru_cache(maxsize=4_096)
def scheduled(timing: model.Timing) -> Stretches:
    """The hours that the rule's own clauses permit, dates and holidays aside."""
    days = timing.weekdays or tuple(range(7))
    found = ALWAYS if timing.at or timing.best or timing.between or not timing.weekdays else _on(days, 0, DAY)
    if timing.at:
        found = joined(found, united([part for at in timing.at for part in _on(days, at.wall, grace(timing))]))
    if timing.best:
        found = joined(found, of_hours(timing.best, days))
    if timing.between:
        found = joined(found, united([part for hours in timing.between for part in of_hours(hours, days)]))
    return found


def grace(timing: model.Timing) -> int:
    """For how long after its time of day a rule may still send, in microseconds."""
    return timing.passed.duration if timing.passed.kind == "within" else HOUR


def of_hours(hours: model.Hours, days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)) -> Stretches:
    """Hours of the day as parts of the week, on the days on which they open."""
    return _on(days, hours.start, length(hours))


def length(hours: model.Hours) -> int:
    """How long hours of the day are, in microseconds."""
    return (hours.end - hours.start) % DAY or DAY


def _on(days: tuple[int, ...], start: int, length: int) -> Stretches:
    return united([(day * DAY + start, day * DAY + start + length) for day in days])


def united(parts: list[tuple[int, int]]) -> Stretches:
    """All of these parts of the week; what goes over Sunday midnight goes on at Monday."""
    if any(end - start >= WEEK for start, end in parts):
        return ALWAYS
    flat = [(start, min(end, WEEK)) for start, end in parts] + [(0, end - WEEK) for _, end in parts if end > WEEK]
    found: list[tuple[int, int]] = []
    for start, end in sorted(flat):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def joined(one: Stretches, other: Stretches) -> Stretches:
    """What is in both."""
    found = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted((start, end) for start, end in found if start < end))


def less(one: Stretches, other: Stretches) -> Stretches:
    """What is in the first and not in the other."""
    edges = [0, *(edge for part in other for edge in part), WEEK]
    return joined(one, tuple((start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end))


def longest_wait(open_hours: Stretches) -> int:
    """How long the wait for the next permitted moment can be, in microseconds, clock changes aside."""
    if not open_hours:
        return WEEK
    following = [start for start, _ in open_hours[1:]] + [open_hours[0][0] + WEEK]
    return max(start - end for (_, end), start in zip(open_hours, following, strict=True))


def clock(time: int) -> str:
    """A time of day as people write it."""
    return f"{time % DAY // HOUR:02}:{time % HOUR // model.MINUTE:02}"


def duration(length: int) -> str:
    """A duration as people write it."""
    for unit, size in (("day", DAY), ("hour", HOUR), ("minute", model.MINUTE), ("second", model.SECOND)):
        if length >= size and (length % size == 0 or unit == "second"):
            count = length // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "no time"


def days_that_fit(length: int) -> str:
    """The least whole days that are longer than a wait with a clock change in it, as people write them."""
    return duration(-(-(length + HOUR) // DAY) * DAY)


def trigger_span(rule: model.Rule) -> Span:
    """Where a rule says what starts it, for findings about when it sends."""
    return rule.trigger.span
