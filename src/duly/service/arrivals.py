"""Calls whose message is on its way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock
from time import monotonic

from duly.service.receipt import ask, readable
from duly.service.task import Task


class Arrivals:
    """
    Has messages read and says `ready` of each call when its message is there; any thread may call it.

    So many as there is `room` for are being read, or are read and wait for a thread: the others wait unread, and take
    no more memory than their metadata.
    """

    def __init__(self, room: int, ready: Callable[[Task], None]) -> None:
        self._room: list[None] = [None] * room
        self._ready = ready
        self._unread: deque[Task] = deque()
        self._reading: dict[Task, float] = {}
        self._lock = Lock()

    @property
    def unread(self) -> int:
        """How many calls wait until their message may be read."""
        return len(self._unread)

    @property
    def reading(self) -> int:
        """How many messages are on their way."""
        return len(self._reading)

    def begin(self, task: Task) -> None:
        """Read the message of a call, in its turn."""
        if not self._unread:
            try:
                self._room.pop()
            except IndexError:
                pass
            else:
                self._read(task)
                return
        self._unread.append(task)
        self._read_next()

    def leave(self) -> None:
        """A thread has taken a call whose message was read: there is room for the next one."""
        self._room.append(None)
        if self._unread:
            self._read_next()

    def give_up(self, seconds: float) -> list[Task]:
        """Wait no longer for messages that have not arrived within so many seconds; whose they are."""
        edge = monotonic() - seconds
        late = []
        for task, since in list(self._reading.items()):
            if since > edge:
                break
            if self._reading.pop(task, None) is not None:
                late.append(task)
        for _ in late:
            self.leave()
        return late

    def _read_next(self) -> None:
        """Fill the room. Whoever makes some looks here afterwards, so nothing waits beside an empty place."""
        while (task := self._next()) is not None:
            # Without the lock: it takes that of the call, which gRPC's thread holds while it begins the call here.
            self._read(task)

    def _next(self) -> Task | None:
        """The call whose turn it is, with a place for it; None while there is none of either."""
        with self._lock:
            if not self._unread:
                return None
            try:
                self._room.pop()
            except IndexError:
                return None
            return self._unread.popleft()

    def _read(self, task: Task) -> None:
        self._reading[task] = monotonic()
        task.has_room = True
        task.call = readable(task.call)
        ask(task.call, partial(self._arrived, task))

    def _arrived(self, task: Task) -> None:
        if self._reading.pop(task, None) is not None:
            self._ready(task)
