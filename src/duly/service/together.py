"""
Callers who ask at the same moment are answered together: one reading, one commit, one wait for durability.

Calls that may ask run side by side in one thread, each as a greenlet of its own, up to where it asks. Then all their
questions are answered at once, and each goes on with its answer. A thread for each of them would be woken twice a call,
which costs more than the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread

from greenlet import getcurrent, greenlet

from duly.engine.store import StoreUnavailable
from duly.service.task import Task

Answered = bytes | Exception

MOST = 128
"""Calls that are answered together, so that the first of a crowd does not wait for all of it."""


class Together:
    """Asks `decide`, for many at once where callers run in a `Gathering`; it answers with an error who is at fault."""

    def __init__(self, decide: Callable[[Sequence[bytes]], list[Answered]]) -> None:
        self._decide = decide

    def ask(self, request: bytes) -> bytes:
        """The answer to one request; raises what is wrong with it."""
        caller = getcurrent()
        if isinstance(caller, _Caller):
            return caller.ask(self, request)
        answer = self._decide((request,))[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def answers(self, requests: Sequence[bytes]) -> list[Answered]:
        """What each request is answered with, or what it fails with: nobody suffers for another's."""
        try:
            return self._decide(requests)
        except StoreUnavailable as error:
            # Nobody's fault. What was granted may be written and not be durable: who asked anew would be told that
            # somebody else has it, and it would never be sent.
            return [error] * len(requests)
        except Exception as error:  # noqa: BLE001  # whatever it is, it may be the fault of one of them
            return [error] if len(requests) == 1 else [self._alone(request) for request in requests]

    def _alone(self, request: bytes) -> Answered:
        try:
            return self._decide((request,))[0]
        except Exception as error:  # noqa: BLE001  # who asked is told
            return error


class _Caller(greenlet):
    """A call; `asks` is what it waits for an answer to, and of whom."""

    asks: tuple[Together, bytes] | None = None

    def ask(self, whom: Together, request: bytes) -> bytes:
        """Let the others go on; back here once there is an answer."""
        self.asks = whom, request
        assert self.parent is not None
        answer: bytes = self.parent.switch()
        return answer


class Gathering:
    """
    The thread in which calls run that may ask something; `begun` is told of each when it begins, `ended` when it ends.

    What comes while some are being answered is answered next. A call must not wait for anything but its answer.
    """

    def __init__(self, begun: Callable[[Task], None], ended: Callable[[Task], None]) -> None:
        self._begun, self._ended = begun, ended
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._thread: Thread | None = None

    @property
    def waiting(self) -> int:
        """How many calls have not begun."""
        return self._queue.qsize()

    def put(self, task: Task) -> None:
        """Have a call run; only gRPC's own thread calls this."""
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="together", daemon=True)
            self._thread.start()
        self._queue.put(task)

    def finish(self, seconds: float) -> bool:
        """Take no more calls; whether those there are ended in time."""
        if self._thread is None:
            return True
        self._queue.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        take = self._queue.get
        while (first := take()) is not None:
            # Nobody else takes from the queue, so what is in it now is there to be taken.
            others = [take() for _ in range(min(self._queue.qsize(), MOST - 1))]
            self._run([first, *(task for task in others if task is not None)])
            if None in others:
                return

    def _run(self, tasks: Iterable[Task]) -> None:
        asking: dict[Together, list[_Caller]] = {}
        for task in tasks:
            self._begun(task)
            caller = _Caller(self._task)
            caller.switch(task)
            if caller.asks is not None:
                asking.setdefault(caller.asks[0], []).append(caller)
        for together, callers in asking.items():
            requests = [caller.asks[1] for caller in callers if caller.asks is not None]
            for caller, answer in zip(callers, together.answers(requests), strict=True):
                if isinstance(answer, Exception):
                    caller.throw(type(answer), answer, answer.__traceback__)
                else:
                    caller.switch(answer)

    def _task(self, task: Task) -> None:
        try:
            # gRPC catches and tells what goes wrong in a call; whatever gets past it must not end the thread of all.
            with suppress(Exception):
                task.run()
        finally:
            self._ended(task)
