"""Keeps the garbage collector out of the way while many objects are made that are all kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 100_000


@contextmanager
def collection_paused() -> Iterator[None]:
    """
    Nodes and plans are many and none is garbage: looking for some while they are made takes longer than making them.

    After very many, what there is then is not looked at any more: it lives as long as its rule set, and holds no cycles
    that only the collector could free.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_count()[0] > _MANY:
                gc.freeze()
            gc.enable()
