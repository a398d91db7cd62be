"""
Callers who ask at the same moment are answered together: one reading, one commit, one wait for durability.

One thread takes all their calls from the message to the answer. A thread for each of them would be woken twice a call,
which costs more than the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from time import perf_counter, sleep
from typing import Any, Generic, Protocol, TypeVar

from duly.engine.store import StoreUnavailable

Answered = bytes | Exception
Request = TypeVar("Request")


class Asked(Protocol):
    """Whoever answers requests; any thread may ask."""

    def ask(self, request: bytes, /) -> bytes:
        """The durable answer; raises what is wrong with the request."""


class Apart:
    """Has `answer` answer, one at a time."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.ask = answer


class Caller(Protocol):
    """A call that asks something. Nothing it does may wait, and only `begin` may raise."""

    def begin(self, since: float, /) -> tuple[Together[bytes], bytes] | None:
        """
        Whom it asks, and what; None when it asks nothing any more. What this raises the call is answered with.

        `since` is now, in seconds of `perf_counter`.
        """

    def end(self, answer: Answered | None, /) -> None:
        """Be answered; with None, there is nothing to answer."""


MOST = 128
"""Calls that are answered together, so that the first of a crowd does not wait for all of it."""

_CROWD = 12
"""After so many calls at once others are on their way, and worth the 50 microseconds that a pause takes."""


class Together(Generic[Request]):
    """
    Has `decide` answer, for many at once where a `Gathering` asks; it answers with an error who is at fault.

    What it answers with may be told once `sync` has returned for the ticket beside it.
    """

    def __init__(
        self, decide: Callable[[Sequence[Request]], tuple[list[Answered], int]], sync: Callable[[int], None]
    ) -> None:
        self._decide, self._sync = decide, sync

    def ask(self, request: Request) -> bytes:
        """The durable answer to one request; raises what is wrong with it."""
        (answer,), ticket = self._decide((request,))
        if isinstance(answer, Exception):
            raise answer
        self._sync(ticket)
        return answer

    def answers(self, requests: Sequence[Request]) -> tuple[list[Answered], int]:
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

    def _alone(self, request: Request) -> tuple[Answered, int]:
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
        self.callers: list[Caller] = []
        self.answers: list[Answered] = []
        self.ticket = 0

    def add(self, callers: Sequence[Caller], answers: Sequence[Answered], ticket: int) -> None:
        """More of them."""
        self.callers += callers
        self.answers += answers
        self.ticket = max(self.ticket, ticket)


class Gathering:
    """
    The thread in which calls are answered that ask something; `begun` and `ended` are told of each.

    What comes while some are being answered is answered next.
    """

    def __init__(self, begun: Callable[[Any], None], ended: Callable[[Any], None]) -> None:
        self._begun, self._ended = begun, ended
        self._queue: SimpleQueue[Caller | None] = SimpleQueue()
        self._thread: Thread | None = None

    @property
    def waiting(self) -> int:
        """How many calls have not begun."""
        return self._queue.qsize()

    def put(self, caller: Caller) -> None:
        """Have a call run; only gRPC's own thread calls this."""
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="together", daemon=True)
            self._thread.start()
        self._queue.put(caller)

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
            rounds: dict[Together[bytes], _Waiting] = {}
            over = self._answer(first, rounds)
            self._end(rounds)
            if over:
                return

    def _answer(self, first: Caller, rounds: dict[Together[bytes], _Waiting]) -> bool:
        """
        Answer a call and those that come meanwhile, none of them durably; whether there will be no more.

        To make it durable costs the processor more than to answer, and not more for many than for one.
        """
        take, size, begun = self._queue.get, self._queue.qsize, 0
        caller: Caller | None = first
        while caller is not None:
            # Nobody else takes from the queue, so what is in it now is there to be taken.
            others = [take() for _ in range(min(size(), MOST - 1))]
            self._ask([caller, *(other for other in others if other is not None)], rounds)
            begun += 1 + len(others)
            if None in others:
                return True
            if begun > _CROWD:
                # Lets gRPC's own thread hand over the calls that have arrived by now.
                sleep(0)
            if begun >= MOST or not size():
                return False
            caller = take()
        return True

    def _ask(self, callers: Iterable[Caller], rounds: dict[Together[bytes], _Waiting]) -> None:
        asking: dict[Together[bytes], tuple[list[Caller], list[bytes]]] = {}
        begun, since = self._begun, perf_counter()
        for caller in callers:
            begun(caller)
            try:
                asked = caller.begin(since)
            except Exception as error:  # noqa: BLE001  # whatever it is, the call is told
                self._tell(caller, error)
                continue
            if asked is None:
                self._tell(caller, None)
                continue
            together, request = asked
            askers, requests = asking.setdefault(together, ([], []))
            askers.append(caller)
            requests.append(request)
        for together, (askers, requests) in asking.items():
            rounds.setdefault(together, _Waiting()).add(askers, *together.answers(requests))

    def _end(self, rounds: dict[Together[bytes], _Waiting]) -> None:
        """Make the answers durable and tell them."""
        tell = self._tell
        for together, answered in rounds.items():
            answers = together.durable(answered.answers, answered.ticket)
            for caller, answer in zip(answered.callers, answers, strict=True):
                tell(caller, answer)

    def _tell(self, caller: Caller, answer: Answered | None) -> None:
        # What goes wrong when it is told is no matter of the others.
        with suppress(Exception):
            caller.end(answer)
        self._ended(caller)
