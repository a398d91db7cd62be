"""Group commit: callers who wait for durability at the same moment share one fsync."""

from collections.abc import Callable
from threading import Condition

from duly.engine.store import StoreUnavailable


class GroupCommit:
    """Counts writes and makes them durable in groups, led by whichever caller comes first.

    `flush` makes durable every write that ended before it was called. Once it fails, nothing later is acknowledged
    any more: after a failed fsync the operating system may have dropped the very pages a second one would report as
    written.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._turn = Condition()
        self._leading = False
        self._failure: str | None = None
        self._written = 0
        self._durable = 0
        self.flushes = 0

    def wrote(self) -> int:
        """The ticket of a write that has just ended; the caller holds the lock that orders writes."""
        self._written += 1
        return self._written

    def latest(self) -> int:
        return self._written

    def fail(self, failure: str) -> None:
        """Refuse from now on what is not durable yet."""
        with self._turn:
            self._failure = self._failure or failure

    def refuse_if_failed(self) -> None:
        """Raise `StoreUnavailable` when a write or a flush has failed before."""
        if self._failure is not None:
            raise StoreUnavailable(f"the store no longer acknowledges writes: {self._failure}")

    def sync(self, ticket: int) -> None:
        """Return when everything up to `ticket` is durable; raises `StoreUnavailable` when it will not be."""
        if ticket <= self._durable or not self._takes_lead(ticket):
            return
        self._lead()

    def _takes_lead(self, ticket: int) -> bool:
        with self._turn:
            while self._leading and ticket > self._durable:
                self._turn.wait()
            if ticket <= self._durable:
                return False
            self.refuse_if_failed()
            self._leading = True
            return True

    def _lead(self) -> None:
        covered = self._written
        failure: str | None = "interrupted while making writes durable"
        try:
            self._flush()
            failure = None
        except Exception as error:
            failure = str(error)
            raise StoreUnavailable(f"writes could not be made durable: {error}") from error
        finally:
            self._end_turn(covered, failure)

    def _end_turn(self, covered: int, failure: str | None) -> None:
        with self._turn:
            self._leading = False
            self.flushes += 1
            self._failure = self._failure or failure
            if failure is None:
                self._durable = covered
            self._turn.notify_all()
