"""The threads in which requests wait for the engine, so that the loop of the connections never does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from duly.service.errors import Overloaded

Result = TypeVar("Result")

MOST_REQUESTS = 256
"""Requests with events under way at a time. Each may hold a body of 500 KB, so this also bounds the memory."""


class Threads:
    """At most `threads` things at a time are done, for `MOST_REQUESTS` at most; only for use in one event loop."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._count = 0
        self._limiter: CapacityLimiter | None = None

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for a request; raises `Overloaded` when there is none."""
        if self._count >= MOST_REQUESTS:
            raise Overloaded("the server has more requests than it can answer; try again in a second")
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1

    async def run(self, work: Callable[[], Result]) -> Result:
        """Have a thread do it."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self._threads)
        return await to_thread.run_sync(work, limiter=self._limiter)
