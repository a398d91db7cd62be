"""Group commit: callers who wait for durability at the same moment share one fsync."""

from collections.abc import Callable
from threading import Lock

from duly.engine.store import StoreUnavailable


class _Waiter:
    """A caller whose write is not durable yet; it sleeps until that is so, or until it is its turn to lead."""

    __slots__ = ("awake", "leads", "ticket")

    def __init__(self, ticket: int) -> None:
        self.ticket, self.leads = ticket, False
        self.awake = Lock()
        self.awake.acquire()


class GroupCommit:
    """Counts writes and makes them durable in groups, led by whichever caller comes first.

    `flush` makes durable every write that ended before it was called. Once it fails, nothing later is acknowledged
    any more: after a failed fsync the operating system may have dropped the very pages a second one would report as
    written.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._turn = Lock()
        self._leading = False
        self._waiting: list[_Waiter] = []
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
        if ticket <= self._durable:
            return
        waiter = self._join(ticket)
        if waiter is not None:
            # Each sleeps on a lock of its own, so that it is woken once, and nobody who would only go back to sleep.
            waiter.awake.acquire()
            if not waiter.leads:
                if ticket > self._durable:
                    self.refuse_if_failed()
                return
        self._lead()

    def _join(self, ticket: int) -> _Waiter | None:
        """A place among those who wait; None for who leads."""
        with self._turn:
            if ticket > self._durable:
                self.refuse_if_failed()
            if not self._leading:
                self._leading = True
                return None
            waiter = _Waiter(ticket)
            self._waiting.append(waiter)
            return waiter

    def _lead(self) -> None:
        covered = self._written
        failure: str | None = "interrupted while making writes durable"
        try:
            if covered > self._durable:
                self.flushes += 1
                self._flush()
            failure = None
        except Exception as error:
            failure = str(error)
            raise StoreUnavailable(f"writes could not be made durable: {error}") from error
        finally:
            self._end_turn(covered, failure)

    def _end_turn(self, covered: int, failure: str | None) -> None:
        with self._turn:
            self._failure = self._failure or failure
            if failure is None:
                self._durable = covered
            over = self._failure is not None
            done = [waiter for waiter in self._waiting if over or waiter.ticket <= covered]
            self._waiting = [] if over else [waiter for waiter in self._waiting if waiter.ticket > covered]
            self._leading = bool(self._waiting)
            if self._leading:
                leader = self._waiting.pop(0)
                leader.leads = True
                leader.awake.release()
        for waiter in done:
            waiter.awake.release()
