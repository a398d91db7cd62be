"""A piece of work for a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from duly.service.receipt import read_message, readable, without_message

_Done = Callable[["Task"], None]


class Task:
    """
    Work that a thread has or will have: as much of a future as gRPC asks for.

    `call` are the arguments of `work`: what gRPC hands over of a call. `has_room` says that it has room in `Arrivals`.
    """

    __slots__ = ("_callbacks", "_done", "_work", "call", "has_room")

    def __init__(self, work: Callable[..., Any], call: Sequence[Any]) -> None:
        self._work, self.call, self._done = work, call, False
        self.has_room = False
        self._callbacks: list[_Done] = []

    def add_done_callback(self, callback: _Done) -> None:
        """Have `callback` called once the work is done, at once if it is already."""
        self._callbacks.append(callback)
        if self._done:
            self._tell()

    def run(self) -> None:
        """Do the work."""
        self._work(*self.call)
        self._done = True
        self._tell()

    def read(self, arrived: Callable[[Task], None]) -> None:
        """Ask for the message of a readable call; `arrived` is called when it is there, or will never be."""
        self.call = readable(self.call)
        read_message(self.call, partial(arrived, self))

    def refuse(self, error: Exception) -> None:
        """Have `run` refuse the call."""
        self.call = without_message(self.call, error)

    def _tell(self) -> None:
        # Two threads may be here at once; each callback is popped by one of them.
        while self._callbacks:
            try:
                callback = self._callbacks.pop()
            except IndexError:
                return
            callback(self)
