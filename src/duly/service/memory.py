"""The memory of the process: what it is, and keeping what is freed from being scattered."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_PAGES = Path("/proc/self/statm")

_ARENA_MAX, _MMAP_THRESHOLD, _TOP_PAD, _TRIM_THRESHOLD = -8, -3, -2, -1
"""What the C library calls these options."""

_ADVICE = 14
"""What Linux calls the advice to use huge pages."""

_HEAPS = 1
_LARGE, _HUGE_PAGE = 128 << 10, 2 << 20
_WIDTH, _STEP = 256 << 20, 1 << 20
"""Bytes by which the heap grows at first, and later."""

_PIECES = 512
"""After so many that were got from elsewhere, it will not grow."""


class _Heap(ctypes.Structure):
    """What glibc tells about its heaps, as ten numbers of bytes and pieces."""

    _fields_ = [("numbers", ctypes.c_size_t * 10)]


_BESIDE, _WITHIN = 4, 7
"""Which of them are bytes in use: of large pieces beside heaps, and within heaps."""


def gather() -> None:
    """
    Have the C library keep one wide heap, before threads are started. `MALLOC_ARENA_MAX` in the environment goes first.

    It gives each of many threads one of its own, and what one thread takes another often frees, so that each heap has
    holes: they came to as much again as was in use. Two threads at a time seldom want memory, because of the GIL. Large
    pieces lie outside of heaps and go back to the system at once; by itself it gives that up after the first of them.
    """
    option = None if "MALLOC_ARENA_MAX" in os.environ else _function("mallopt")
    if option is not None:
        option(_ARENA_MAX, _HEAPS)
        option(_MMAP_THRESHOLD, _LARGE)
        _widen(option)


def _widen(option: Callable[[int, int], int]) -> None:
    """
    Let the heap grow at once by what a service needs, and lie in huge pages.

    In the many megabytes of a store, looking up where a small page lies takes as long as what is read there. It is
    addresses that grow: memory is taken when it is used. Where so many cannot be had, the heap stays as it was.
    """
    take, give, end, advise = (_function(name) for name in ("malloc", "free", "sbrk", "madvise"))
    if take is None or give is None or end is None or advise is None:
        return
    take.restype, take.argtypes, give.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
    end.restype, end.argtypes = ctypes.c_void_p, [ctypes.c_ssize_t]
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    option(_TRIM_THRESHOLD, 2 * _WIDTH)
    option(_TOP_PAD, _WIDTH)
    before = end(0)
    taken: list[int] = []
    # The heap grows when what it has does not suffice.
    while end(0) == before and len(taken) < _PIECES and (piece := take(_LARGE // 2)):
        taken.append(piece)
    option(_TOP_PAD, _STEP)
    for piece in taken:
        give(piece)
    start = before + -before % _HUGE_PAGE
    if end(0) > start:
        advise(start, end(0) - start, _ADVICE)


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
