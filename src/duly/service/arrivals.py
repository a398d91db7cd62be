"""Calls whose message is on its way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from duly.service.ask import Ask
from duly.service.task import Task

Call = Ask | Task


class Arrivals:
    """
    Has messages read and says `ready` of each call when its message is there; any thread may call it.

    So many as there is `room` for are being read, or are read and wait for a thread: the others wait unread, and take
    no more memory than their metadata.
    """

    def __init__(self, room: int, ready: Callable[[Call], None]) -> None:
        self._room: list[None] = [None] * room
        self._ready = ready
        self._unread: deque[Call] = deque()
        self._reading: dict[Call, float] = {}
        self._lock = Lock()

    @property
    def unread(self) -> int:
        """How many calls wait until their message may be read."""
        return len(self._unread)

    @property
    def reading(self) -> int:
        """How many messages are on their way."""
        return len(self._reading)

    def begin(self, call: Call) -> None:
        """Read the message of a call, in its turn."""
        if not self._unread:
            try:
                self._room.pop()
            except IndexError:
                pass
            else:
                self._read(call)
                return
        self._unread.append(call)
        self._read_next()

    def leave(self) -> None:
        """A thread has taken a call whose message was read: there is room for the next one."""
        self._room.append(None)
        if self._unread:
            self._read_next()

    def give_up(self, seconds: float) -> list[Call]:
        """Wait no longer for messages that have not arrived within so many seconds; whose they are."""
        edge = monotonic() - seconds
        late = []
        for call, since in list(self._reading.items()):
            if since > edge:
                break
            if self._reading.pop(call, None) is not None:
                late.append(call)
        for _ in late:
            self.leave()
        return late

    def _read_next(self) -> None:
        """Fill the room. Whoever makes some looks here afterwards, so nothing waits beside an empty place."""
        while (call := self._next()) is not None:
            # Without the lock: it takes that of the call, which gRPC's thread holds while it begins the call here.
            self._read(call)

    def _next(self) -> Call | None:
        """The call whose turn it is, with a place for it; None while there is none of either."""
        with self._lock:
            if not self._unread:
                return None
            try:
                self._room.pop()
            except IndexError:
                return None
            return self._unread.popleft()

    def _read(self, call: Call) -> None:
        self._reading[call] = monotonic()
        call.has_room = True
        call.read(self._arrived)

    def _arrived(self, call: Call) -> None:
        if self._reading.pop(call, None) is not None:
            self._ready(call)
