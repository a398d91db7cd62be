"""A piece of work for a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

_Done = Callable[["Task"], None]


class Task:
    """
    Work that a thread has or will have: as much of a future as gRPC asks for.

    `call` are the arguments of `work`: what gRPC hands over of a call. `has_room` says that it has room in `Arrivals`.
    `since` is when it began to be answered, in seconds of `perf_counter`, and `span` what OpenTelemetry knows it by;
    both only where it is answered together with others.
    """

    __slots__ = ("_callbacks", "_done", "_work", "call", "has_room", "since", "span")

    def __init__(self, work: Callable[..., Any], call: Sequence[Any]) -> None:
        self._work, self.call, self._done = work, call, False
        self.has_room = False
        self.since = 0.0
        self.span: Any = None
        self._callbacks: list[_Done] = []

    def add_done_callback(self, callback: _Done) -> None:
        """Have `callback` called once the work is done, at once if it is already."""
        self._callbacks.append(callback)
        if self._done:
            self._tell()

    def run(self) -> None:
        """Do the work."""
        self._work(*self.call)
        self.finish()

    def finish(self) -> None:
        """Say that the work is done; whoever does it otherwise than by `run` calls this."""
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
