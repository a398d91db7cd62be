"""The threads that answer calls."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread, get_ident
from time import monotonic
from typing import Any

from duly.service.errors import Overloaded, Stopping

_Done = Callable[["Task"], None]


class Task:
    """Work that a thread has or will have: as much of a future as gRPC asks for."""

    __slots__ = ("_callbacks", "_done", "_work")

    def __init__(self, work: Callable[[], None]) -> None:
        self._work, self._done = work, False
        self._callbacks: list[_Done] = []

    def add_done_callback(self, callback: _Done) -> None:
        """Have `callback` called once the work is done, at once if it is already."""
        self._callbacks.append(callback)
        if self._done:
            self._tell()

    def run(self) -> None:
        """Do the work."""
        self._work()
        self._done = True
        self._tell()

    def _tell(self) -> None:
        # Two threads may be here at once; each callback is popped by one of them.
        while self._callbacks:
            try:
                callback = self._callbacks.pop()
            except IndexError:
                return
            callback(self)


class Pool:
    """
    A thread for each of so many calls; more wait their turn.

    While `most_waiting` do, those who come are refused at once, by a thread that does nothing else, however long the
    others take. Leaner than the executor of the standard library, which costs 10 µs a call, and whose threads would
    hold up the end of the process when a call hangs.
    """

    def __init__(self, threads: int, most_waiting: int) -> None:
        self._most = threads
        self._places: list[None] = [None] * (threads + most_waiting)
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._idle: list[None] = []
        self._turned_away: SimpleQueue[Task] = SimpleQueue()
        self._refuser: Thread | None = None
        self._closed = False

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Task:
        """Have a thread do the work; only gRPC's own thread calls this."""
        task = Task(lambda: work(*arguments))
        if self._closed or not self._places:
            self._turn_away(task)
            return task
        self._places.pop()
        self._queue.put(task)
        try:
            self._idle.pop()
        except IndexError:
            self._grow()
        return task

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return self._queue.qsize()

    def demand_room(self) -> None:
        """Raise `Overloaded` if no more calls may wait."""
        if not self._places:
            raise _overloaded()

    def demand_turn(self) -> None:
        """Raise `Overloaded` or `Stopping` if the call that this thread is at came when no more were taken."""
        refuser = self._refuser
        if refuser is not None and refuser.ident == get_ident():
            raise Stopping("the server is stopping") if self._closed else _overloaded()

    def close(self) -> None:
        """Refuse all calls that come from now on."""
        self._closed = True

    def finish(self, seconds: float) -> bool:
        """Take no more calls; whether those there are were answered in time."""
        self._closed = True
        end = monotonic() + seconds
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _turn_away(self, task: Task) -> None:
        if self._refuser is None:
            self._refuser = Thread(target=self._refuse, name="refuser", daemon=True)
            self._refuser.start()
        self._turned_away.put(task)

    def _refuse(self) -> None:
        """Do the work of calls which `demand_turn` will then refuse."""
        while True:
            self._turned_away.get().run()

    def _grow(self) -> None:
        if len(self._threads) < self._most:
            thread = Thread(target=self._serve, name=f"call-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self) -> None:
        take, leave, rest = self._queue.get, self._places.append, self._idle.append
        while (task := take()) is not None:
            task.run()
            leave(None)
            rest(None)


def _overloaded() -> Overloaded:
    return Overloaded("the server has more calls waiting than it can answer; try again in a second")
