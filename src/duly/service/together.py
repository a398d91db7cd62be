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
from time import sleep

from greenlet import getcurrent, greenlet

from duly.engine.store import StoreUnavailable
from duly.service.task import Task

Answered = bytes | Exception

MOST = 128
"""Calls that are answered together, so that the first of a crowd does not wait for all of it."""


class Together:
    """
    Asks `decide`, for many at once where callers run in a `Gathering`; it answers with an error who is at fault.

    What it answers with may be told once `sync` has returned for the ticket beside it.
    """

    def __init__(
        self, decide: Callable[[Sequence[bytes]], tuple[list[Answered], int]], sync: Callable[[int], None]
    ) -> None:
        self._decide, self._sync = decide, sync

    def ask(self, request: bytes) -> bytes:
        """The answer to one request; raises what is wrong with it."""
        caller = getcurrent()
        if isinstance(caller, _Caller):
            return caller.ask(self, request)
        (answer,), ticket = self._decide((request,))
        if isinstance(answer, Exception):
            raise answer
        self._sync(ticket)
        return answer

    def answers(self, requests: Sequence[bytes]) -> tuple[list[Answered], int]:
        """What each request is answered with, or what it fails with: nobody suffers for another's."""
        try:
            return self._decide(requests)
        except StoreUnavailable as error:
            # Nobody's fault. What was granted may be written and not be durable: who asked anew would be told that
            # somebody else has it, and it would never be sent.
            return [error] * len(requests), 0
        except Exception as error:  # noqa: BLE001  # whatever it is, it may be the fault of one of them
            if len(requests) == 1:
                return [error], 0
            alone = [self._alone(request) for request in requests]
            return [answer for answer, _ in alone], max(ticket for _, ticket in alone)

    def _alone(self, request: bytes) -> tuple[Answered, int]:
        try:
            (answer,), ticket = self._decide((request,))
        except Exception as error:  # noqa: BLE001  # who asked is told
            return error, 0
        return answer, ticket

    def durable(self, answers: list[Answered], ticket: int) -> list[Answered]:
        """The answers once they may be told, or why none of them may be."""
        try:
            if ticket:
                self._sync(ticket)
        except Exception as error:  # noqa: BLE001  # who asked is told
            return [answer if isinstance(answer, Exception) else error for answer in answers]
        return answers


class _Waiting:
    """Calls that are answered and wait for one `Together` to make that durable."""

    __slots__ = ("answers", "callers", "ticket")

    def __init__(self) -> None:
        self.callers: list[_Caller] = []
        self.answers: list[Answered] = []
        self.ticket = 0

    def add(self, callers: Sequence[_Caller], answers: Sequence[Answered], ticket: int) -> None:
        """More of them."""
        self.callers += callers
        self.answers += answers
        self.ticket = max(self.ticket, ticket)


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
            rounds: dict[Together, _Waiting] = {}
            over = self._answer(first, rounds)
            self._tell(rounds)
            if over:
                return

    def _answer(self, first: Task, rounds: dict[Together, _Waiting]) -> bool:
        """
        Answer a call and those that come meanwhile, none of them durably; whether there will be no more.

        To make it durable costs the processor more than to answer, and not more for many than for one.
        """
        take, size, begun = self._queue.get, self._queue.qsize, 0
        task: Task | None = first
        while task is not None:
            # Nobody else takes from the queue, so what is in it now is there to be taken.
            others = [take() for _ in range(min(size(), MOST - 1))]
            self._run([task, *(other for other in others if other is not None)], rounds)
            begun += 1 + len(others)
            if None in others:
                return True
            # Lets gRPC's own thread hand over the calls that have arrived by now.
            sleep(0)
            if begun >= MOST or not size():
                return False
            task = take()
        return True

    def _run(self, tasks: Iterable[Task], rounds: dict[Together, _Waiting]) -> None:
        asking: dict[Together, list[_Caller]] = {}
        for task in tasks:
            self._begun(task)
            caller = _Caller(self._task)
            caller.switch(task)
            if caller.asks is not None:
                asking.setdefault(caller.asks[0], []).append(caller)
        for together, callers in asking.items():
            requests = [caller.asks[1] for caller in callers if caller.asks is not None]
            rounds.setdefault(together, _Waiting()).add(callers, *together.answers(requests))

    def _tell(self, rounds: dict[Together, _Waiting]) -> None:
        """Make the answers durable and have each call go on with its own."""
        for together, answered in rounds.items():
            answers = together.durable(answered.answers, answered.ticket)
            for caller, answer in zip(answered.callers, answers, strict=True):
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
