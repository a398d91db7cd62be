"""Single values out of sets of values: round ones, where there are any."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from duly.conditions.code import LARGEST
from duly.lint.logic.domains import Lists, Values
from duly.lint.logic.ranges import Range, Ranges, has

ABSENT = object()
"""Stands for a value that is not there."""


def candidates(values: Values) -> Iterator[Any]:
    """Values out of the set, the most telling first; `ABSENT` for none at all."""
    yield from numbers(values.numbers)
    if values.texts is not None and (text := values.texts.some()) is not None:
        yield text
        yield from (other for other in ("a", "b", "c") if values.texts.has(other))
    yield from sorted(values.truths, reverse=True)
    if values.lists is not None:
        yield _list(values.lists)
    if values.others:
        yield {}
    if values.missing:
        yield ABSENT


def numbers(ranges: Ranges) -> Iterator[float]:
    """A few numbers out of the ranges."""
    usual = [number for number in (1, 2, 10, 0, 100) if has(ranges, number)]
    for each in ranges:
        yield from (number for number in _of_range(each) if has(ranges, number))
    yield from usual


def _of_range(each: Range) -> Iterator[float]:
    (_, low, above), (_, high, reaches) = each
    if low > -LARGEST:
        yield from (low + 1, low) if above else (low, low + 1)
    if high < LARGEST:
        yield from (high, high - 1) if reaches else (high - 1, high)
    if low > -LARGEST and high < LARGEST:
        middle = low + (high - low) / 2
        yield from (round(middle, 2), middle) if isfinite(middle) else ()
    if low == -LARGEST and high == LARGEST:
        yield 1


def whole(ranges: Ranges) -> int:
    """A whole number out of ranges of them: the least where there is one."""
    (rank, low, _), (high_rank, high, _) = ranges[0]
    if rank == 0:
        return int(low)
    return 0 if high_rank or high > 0 else int(high) - 1


def _list(lists: Lists) -> list[Any]:
    return [value for _, value in sorted(lists.holding, key=repr)]
