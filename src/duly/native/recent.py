"""What the compiled core keeps of a store's records, where there is one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from duly.engine.keys import MEMBER, USER
from duly.native import LOADED

if LOADED:
    from duly import _native

if TYPE_CHECKING:
    from collections.abc import Callable

_BYTES = 32 << 20
"""Of records; the index takes an eighth more. Those of records are not in memory before they are used."""

_KINDS = USER + MEMBER
"""What is kept when it is written, for who was heard of is soon asked about; all else, when it is read."""


def remembering(size: int = _BYTES) -> Callable[[int], _native.Recent] | None:
    """Makes what keeps `size` bytes of a store with so many buckets; None without a core, which alone gains by it."""
    return partial(_native.Recent, size, _KINDS) if LOADED else None
