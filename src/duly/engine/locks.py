"""Keeps the threads of one process from racing for the same bucket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock


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
        held = 0
        try:
            for lock in self._locks:
                lock.acquire()
                held += 1
        except BaseException:
            for lock in self._locks[:held]:
                lock.release()
            raise

    def __exit__(self, *_error: object) -> None:
        for lock in self._locks:
            lock.release()
