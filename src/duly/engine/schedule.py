"""Knows when the next entry of the due queue is due, and wakes those who wait for it."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Condition

NEVER = 1 << 62


class Schedule:
    """
    The earliest instant of the due queue, by bucket: never later than the truth, so nothing is overslept.

    What was found in a bucket only counts when nothing was queued there since its `mark`.
    """

    def __init__(self, buckets: int) -> None:
        self._earliest = [0] * buckets
        self._marks = [0] * buckets
        self._changed = Condition()
        self._generation = 0

    def earliest(self) -> int:
        """The earliest instant of any bucket, `NEVER` when nothing is queued."""
        return min(self._earliest)

    def due(self, now: int) -> list[int]:
        """The buckets in which something may be due at `now`, the most overdue first."""
        return [bucket for _, bucket in sorted(self.overdue(now))]

    def overdue(self, now: int) -> list[tuple[int, int]]:
        """The same in no order, each bucket with the instant since when."""
        if self.earliest() > now:
            return []
        return [(instant, bucket) for bucket, instant in enumerate(self._earliest) if instant <= now]

    def mark(self, bucket: int) -> int:
        """A number that changes with every new entry of a bucket; ask for it before looking into the queue."""
        return self._marks[bucket]

    def settle(self, bucket: int, mark: int, earliest: int) -> None:
        """Say what was found in a bucket, unless something was queued since `mark`."""
        with self._changed:
            if self._marks[bucket] == mark:
                self._earliest[bucket] = earliest

    def notice(self, dues: Iterable[tuple[int, int]]) -> None:
        """Take note of new entries (bucket, instant) and wake the waiting."""
        with self._changed:
            for bucket, instant in dues:
                self._marks[bucket] += 1
                self._earliest[bucket] = min(self._earliest[bucket], instant)
            self._generation += 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Return when something was queued, or after `seconds`."""
        with self._changed:
            generation = self._generation
            self._changed.wait_for(lambda: self._generation != generation, seconds)
