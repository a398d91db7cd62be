"""The memory of the process: what it is, and keeping what is freed from being scattered."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_PAGES = Path("/proc/self/statm")

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
"""What the C library calls these options."""

_ARENAS = 2
_LARGE = 128 << 10


class _Heap(ctypes.Structure):
    """What glibc tells about its heaps, as ten numbers of bytes and pieces."""

    _fields_ = [("numbers", ctypes.c_size_t * 10)]


_BESIDE, _WITHIN = 4, 7
"""Which of them are bytes in use: of large pieces beside heaps, and within heaps."""


def gather() -> None:
    """
    Have the C library keep few heaps, before threads are started. `MALLOC_ARENA_MAX` in the environment goes first.

    It gives each of many threads one of its own, and what one thread takes another often frees, so that each heap has
    holes: they came to as much again as was in use. Two threads at a time seldom want memory, because of the GIL. Large
    pieces lie outside of heaps and go back to the system at once; by itself it gives that up after the first of them.
    """
    option = None if "MALLOC_ARENA_MAX" in os.environ else _function("mallopt")
    if option is not None:
        option(_ARENA_MAX, _ARENAS)
        option(_MMAP_THRESHOLD, _LARGE)


def gauges() -> Iterator[tuple[str, str, Callable[[], float]]]:
    """The numbers that this machine knows: the name of each, what it is, and what reads it."""
    yield "duly_python_blocks", "Blocks of memory that Python objects have.", sys.getallocatedblocks
    if _PAGES.exists():
        yield "duly_resident_bytes", "Memory of the process.", _resident
    ask = _function("mallinfo2")
    if ask is not None:
        ask.restype = _Heap
        yield "duly_heap_bytes", "Memory in use but for small Python objects.", lambda: _in_use(ask())


def _function(name: str) -> ctypes._NamedFuncPointer | None:
    """A function of the C library, if it is one that has it."""
    if not sys.platform.startswith("linux"):
        return None
    found: ctypes._NamedFuncPointer | None = getattr(ctypes.CDLL(None), name, None)
    return found


def _in_use(heap: _Heap) -> float:
    return float(heap.numbers[_BESIDE] + heap.numbers[_WITHIN])


def _resident() -> float:
    return int(_PAGES.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
