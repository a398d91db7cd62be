"""Who watches for due notifications, and how many of them each has in hand."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event, Lock


class Watcher:
    """
    One open Watch: at most `most` notifications delivered and neither reported nor over their lease.

    A worker that lets leases run out gets one at a time until it reports again, then twice as many each time: a worker
    that hangs holds up nobody else's notifications.
    """

    def __init__(self, most: int) -> None:
        self._most = self._trusted = most
        self._in_flight: dict[bytes, int] = {}
        self._lock = Lock()
        self.woken = Event()

    def room(self, now: int) -> int:
        """How many more may be delivered at the instant `now`."""
        with self._lock:
            over = [decision for decision, end in self._in_flight.items() if end <= now]
            for decision in over:
                del self._in_flight[decision]
            if over:
                self._trusted = 1
            return self._trusted - len(self._in_flight)

    def next_lapse(self) -> int | None:
        """The instant at which the first lease ends."""
        with self._lock:
            return min(self._in_flight.values(), default=None)

    def deliver(self, decision: bytes, lease_until: int) -> None:
        """Note a notification that is on its way."""
        with self._lock:
            self._in_flight[decision] = lease_until

    @property
    def in_flight(self) -> int:
        """How many are delivered and not reported."""
        return len(self._in_flight)

    def release(self, decisions: Iterable[bytes]) -> None:
        """Note what was reported."""
        with self._lock:
            before = len(self._in_flight)
            for decision in decisions:
                self._in_flight.pop(decision, None)
            freed = len(self._in_flight) < before
            if freed:
                self._trusted = min(self._trusted * 2, self._most)
        if freed:
            self.woken.set()


class Watchers:
    """All open Watches of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: set[Watcher] = set()
        self.present = Event()

    @property
    def count(self) -> int:
        """How many Watches are open."""
        return len(self._all)

    @property
    def in_flight(self) -> int:
        """How many notifications workers have in hand."""
        return sum(watcher.in_flight for watcher in self._snapshot())

    def add(self, watcher: Watcher) -> None:
        """A Watch was opened."""
        with self._lock:
            self._all.add(watcher)
            self.present.set()

    def remove(self, watcher: Watcher) -> None:
        """A Watch has ended."""
        with self._lock:
            self._all.discard(watcher)
            if not self._all:
                self.present.clear()

    def release(self, decisions: Iterable[bytes]) -> None:
        """Give the places of reported notifications back, whoever had them."""
        reported = list(decisions)
        for watcher in self._snapshot():
            watcher.release(reported)

    def wake(self) -> None:
        """Have every Watch look for what is due."""
        for watcher in self._snapshot():
            watcher.woken.set()

    def _snapshot(self) -> list[Watcher]:
        with self._lock:
            return list(self._all)
