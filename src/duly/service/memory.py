"""The memory of the process: what it is, and keeping what is freed from being scattered."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_PAGES = Path("/proc/self/statm")

_ARENAS = 2
_ARENA_MAX = -8
"""What the C library calls that option."""


def gather() -> None:
    """
    Have the C library keep few heaps, before threads are started. `MALLOC_ARENA_MAX` in the environment goes first.

    It gives each of many threads one of its own, and what one thread takes another often frees, so that each heap has
    holes: they came to as much again as was in use. Two threads at a time seldom want memory, because of the GIL.
    """
    if "MALLOC_ARENA_MAX" in os.environ or not sys.platform.startswith("linux"):
        return
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    if option is not None:
        option(_ARENA_MAX, _ARENAS)


def gauges() -> Iterator[tuple[str, str, Callable[[], float]]]:
    """The numbers that this machine knows: the name of each, what it is, and what reads it."""
    yield "duly_python_blocks", "Blocks of memory that Python objects have.", sys.getallocatedblocks
    if _PAGES.exists():
        yield "duly_resident_bytes", "Memory of the process.", _resident


def _resident() -> float:
    return int(_PAGES.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
