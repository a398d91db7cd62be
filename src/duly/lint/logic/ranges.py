"""
Sets of numbers, texts or whole numbers as disjoint ranges.

A range lies between two cuts; a cut is a place between values: before one, or after it. Whatever has a next value
(whole numbers; texts, whose next one ends in a NUL) is cut before values only, so that a range with something between
its cuts is never empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Any

from duly.conditions.code import LARGEST

Cut = tuple[int, Any, int]
Range = tuple[Cut, Cut]
Ranges = tuple[Range, ...]

BOTTOM: Cut = (-1, 0, 0)
TOP: Cut = (1, 0, 0)
NOTHING: Ranges = ()
MOST_EVENTS = 1_000
"""How many events of one name are kept for one user; a count that would need more is unknown."""


def before(value: Any) -> Cut:
    """The cut just before a value."""
    return (0, value, 0)


def after(value: Any) -> Cut:
    """The cut just after a value that has no next one."""
    return (0, value, 1)


def meet(one: Ranges, other: Ranges) -> Ranges:
    """What lies in both."""
    found = []
    left = right = 0
    while left < len(one) and right < len(other):
        low, high = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if low < high:
            found.append((low, high))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return tuple(found)


def without(full: Ranges, taken: Ranges) -> Ranges:
    """What of `full` does not lie in `taken`."""
    cuts = [BOTTOM, *(cut for each in taken for cut in each), TOP]
    return meet(full, tuple((low, high) for low, high in zip(cuts[::2], cuts[1::2], strict=True) if low < high))


@dataclass(frozen=True, slots=True)
class Line:
    """An ordered kind of values: all of them, and the cuts at a value."""

    full: Ranges
    start: Callable[[Any], Cut]
    end: Callable[[Any], Cut]

    def compared(self, operator: str, value: Any) -> Ranges:
        """The values for which `… operator value` is true."""
        start, end = self.start(value), self.end(value)
        if operator == "!=":
            return without(self.full, ((start, end),) if start < end else NOTHING)
        low, high = _BOUNDS[operator](start, end)
        return meet(self.full, ((low, high),)) if low < high else NOTHING

    def points(self, values: Iterable[Any]) -> Ranges:
        """These values and no others."""
        cuts = [(self.start(value), self.end(value)) for value in sorted(set(values))]
        return meet(self.full, tuple((start, end) for start, end in cuts if start < end))

    def rest(self, taken: Ranges) -> Ranges:
        """All other values."""
        return without(self.full, taken)


_BOUNDS: dict[str, Callable[[Cut, Cut], Range]] = {
    "=": lambda start, end: (start, end),
    "<": lambda start, _: (BOTTOM, start),
    "<=": lambda _, end: (BOTTOM, end),
    ">": lambda _, end: (end, TOP),
    ">=": lambda start, _: (start, TOP),
}


def _next_text(text: str) -> Cut:
    return before(text + "\0")


def _whole_start(value: float) -> Cut:
    return before(ceil(value))


def _whole_end(value: float) -> Cut:
    return before(floor(value) + 1)


NUMBERS = Line(((before(-LARGEST), after(LARGEST)),), before, after)
TEXTS = Line(((before(""), TOP),), before, _next_text)
WHOLE = Line(((BOTTOM, TOP),), _whole_start, _whole_end)
LENGTHS = Line(((before(0), TOP),), _whole_start, _whole_end)
DAYS = Line(((before(1), before(date.max.toordinal() + 1)),), _whole_start, _whole_end)


def counts(names: int) -> Line:
    """How often events of so many names can be counted."""
    return Line(((before(0), before(names * MOST_EVENTS + 1)),), _whole_start, _whole_end)


def starting_with(prefix: str) -> Ranges:
    """The texts that start so: they lie next to each other."""
    stem = prefix.rstrip(chr(0x10FFFF))
    end = before(stem[:-1] + chr(ord(stem[-1]) + 1)) if stem else TOP
    return ((before(prefix), end),)


def has(ranges: Ranges, value: Any) -> bool:
    """Whether a value lies in one of the ranges."""
    place, behind = before(value), after(value)
    return any(low <= place and behind <= high for low, high in ranges)


def has_text(ranges: Ranges, value: str) -> bool:
    """Whether a text lies in one of the ranges."""
    place = before(value)
    return any(low <= place < high for low, high in ranges)


def single_texts(ranges: Ranges) -> list[str] | None:
    """The texts in the ranges, None when they are not to be counted."""
    if any(high[0] or high[1] != low[1] + "\0" for low, high in ranges):
        return None
    return [low[1] for low, _ in ranges]


def common_prefix(ranges: Ranges) -> str:
    """What all texts in the ranges start with."""
    if len(ranges) != 1 or ranges[0][1][0]:
        return ""
    (_, low, _), end = ranges[0]
    for length in range(len(low), 0, -1):
        if end <= starting_with(low[:length])[0][1]:
            return str(low[:length])
    return ""
