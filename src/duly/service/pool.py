"""The threads that answer calls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from duly.service.errors import Overloaded


class Pool(ThreadPoolExecutor):
    """
    A thread for each of so many calls; more wait their turn.

    While more than `most_waiting` do, whoever's turn it is gets refused instead of answered, so that the queue shrinks
    faster than it grows.
    """

    def __init__(self, threads: int, most_waiting: int) -> None:
        super().__init__(threads, thread_name_prefix="call")
        self._most_waiting = most_waiting

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return self._work_queue.qsize()

    def finish(self, seconds: float) -> bool:
        """Take no more calls; whether those there are were answered in time."""
        over = Thread(target=self.shutdown, name="finish", daemon=True)
        over.start()
        over.join(seconds)
        return not over.is_alive()

    def demand_room(self) -> None:
        """Raise `Overloaded` if too many calls wait."""
        if self._work_queue.qsize() > self._most_waiting:
            raise Overloaded("the server has more calls waiting than it can answer; try again in a second")
