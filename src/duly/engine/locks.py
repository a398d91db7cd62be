"""Keeps the threads of one process from racing for the same bucket."""

from __future__ import annotations

from _thread import LockType
from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock

# A batch holds most of the buckets: `map` calls these without a step of the interpreter for each.
_ACQUIRE, _RELEASE = LockType.acquire, LockType.release


class BucketLocks:
    """
    One lock for each bucket.

    They only save lost races: what keeps two writers apart, in whatever process, is the store's conditional commit.
    """

    def __init__(self, buckets: int) -> None:
        self._locks = [Lock() for _ in range(buckets)]

    def hold(self, buckets: Iterable[int]) -> _Hold:
        """Hold the locks of these buckets, taken in one order so that nobody waits in a circle."""
        return _Hold([self._locks[bucket] for bucket in sorted(set(buckets))])


class _Hold:
    """Holds locks while it is entered."""

    __slots__ = ("_locks",)

    def __init__(self, locks: Sequence[Lock]) -> None:
        self._locks = locks

    def __enter__(self) -> None:
        held: list[object] = []
        try:
            held.extend(map(_ACQUIRE, self._locks))
        except BaseException:
            self._release(len(held))
            raise

    def __exit__(self, *_error: object) -> None:
        self._release(len(self._locks))

    def _release(self, held: int) -> None:
        deque(map(_RELEASE, self._locks[:held]), 0)
