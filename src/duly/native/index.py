"""The rules of one event name as the compiled core takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from duly.native.lowered import Lowered, Unsupported, is_number, is_text, lower_path
from duly.planning.index import EventIndex

Item = TypeVar("Item")


def lower_index(index: EventIndex[Item], number: Callable[[Item], int]) -> Lowered | None:
    """What the core makes an index of, or None where it cannot; `number` tells by what it knows an item."""
    try:
        paths = tuple(
            (
                lower_path(path),
                tuple((_constant(value), tuple(map(number, items))) for (_, value), items in found.items()),
            )
            for path, found in index.by_path.items()
        )
    except Unsupported:
        return None
    return (tuple(map(number, index.always)), paths)


def _constant(value: object) -> object:
    if not (is_text(value) or is_number(value) or type(value) is bool):
        raise Unsupported
    return value
