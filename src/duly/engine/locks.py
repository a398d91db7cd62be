"""Keeps the threads of one process from racing for the same bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock


class BucketLocks:
    """
    One lock for each bucket.

    They only save lost races: what keeps two writers apart, in whatever process, is the store's conditional commit.
    """

    def __init__(self, buckets: int) -> None:
        self._locks = [Lock() for _ in range(buckets)]

    @contextmanager
    def hold(self, buckets: Iterable[int]) -> Iterator[None]:
        """Hold the locks of these buckets, taken in one order so that nobody waits in a circle."""
        held = []
        try:
            for bucket in sorted(set(buckets)):
                lock = self._locks[bucket]
                lock.acquire()
                held.append(lock)
            yield
        finally:
            for lock in held:
                lock.release()
