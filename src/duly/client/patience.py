"""How long to go on trying while the service is away."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from duly.client.errors import Unavailable

_FIRST, _LONGEST = 0.1, 3.0
"""Seconds between two attempts."""


class Patience:
    """
    Waits between attempts, longer each time, until too many seconds have passed without progress.

    `limit` seconds are given once something was achieved, `at_first` before that, when the address may simply be wrong.
    """

    def __init__(
        self,
        limit: float = 60.0,
        at_first: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limit, self._left = limit, at_first
        self._clock, self._pause = clock, pause
        self._progress = clock()
        self._next = _FIRST

    def progressed(self) -> None:
        """Something was achieved."""
        self._left = self._limit
        self._progress = self._clock()
        self._next = _FIRST

    def bear(self, error: Unavailable) -> None:
        """Wait before the next attempt, or raise the error when it is time to give up."""
        self._pause(self.wait(error))

    def wait(self, error: Unavailable) -> float:
        """Seconds to wait before the next attempt; raises the error when it is time to give up."""
        wait = max(self._next * random.uniform(0.8, 1.2), error.retry_after)
        if self._clock() + wait - self._progress > self._left:
            raise error
        self._next = min(self._next * 2, _LONGEST)
        return wait


def pause_before_again(error: Exception, left: float, cause: Exception) -> float:
    """Seconds to wait before a refused call is made again; raises the error if it is not to be, or not in time."""
    if isinstance(error, Unavailable) and 0 < error.retry_after < left:
        return error.retry_after
    raise error from cause
