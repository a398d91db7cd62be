"""Single questions of many tasks, asked together: what comes within a millisecond or two travels in one message."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import grpc

from duly.client.asking import AHEAD, IDLE, LINGER, MOST
from duly.client.errors import ServiceError, Unavailable, service_error
from duly.client.patience import Patience
from duly.v1.decision_service_pb2 import BatchDecideRequest, BatchDecideResponse, DecideRequest, DecideResponse

Stream = grpc.aio.StreamStreamCall[BatchDecideRequest, BatchDecideResponse]


@dataclass(slots=True, eq=False)
class Asked:
    """One question on its way."""

    request: DecideRequest
    answer: asyncio.Future[DecideResponse]


class AsyncAsking:
    """
    Asks the questions of any number of tasks over one stream, which lives as long as there are questions.

    As `duly.client.asking.Asking`; for one event loop.
    """

    def __init__(self, open_stream: Callable[[], Stream], timeout: float) -> None:
        self._open, self._timeout = open_stream, timeout
        self._waiting: list[Asked] = []
        self._sent: deque[list[Asked]] = deque()
        self._changed = asyncio.Event()
        self._expected = 1
        self._running: asyncio.Task[None] | None = None
        self._patience: Patience | None = None

    async def ask(self, request: DecideRequest) -> DecideResponse:
        """The answer; raises `ServiceError` when there is none, `DEADLINE_EXCEEDED` when it takes too long."""
        asked = Asked(request, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        elif len(self._waiting) == 1 or len(self._waiting) == self._expected:
            self._changed.set()
        try:
            async with asyncio.timeout(self._timeout):
                return await asked.answer
        except TimeoutError:
            raise ServiceError("DEADLINE_EXCEEDED", f"no answer within {self._timeout:g} seconds") from None

    async def close(self) -> None:
        """Answer nobody any more; who waits is told so."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
        self._fail(ServiceError("CANCELLED", "the client is closed"))

    async def _run(self) -> None:
        while self._waiting or self._sent:
            try:
                await self._stream()
            except Unavailable as error:
                await self._bear(error)
            except ServiceError as error:
                self._fail(error)

    async def _stream(self) -> None:
        """Ask and answer over one stream until it ends."""
        call = self._open()
        writing = asyncio.create_task(self._write(call))
        try:
            while isinstance(response := await call.read(), BatchDecideResponse):
                self._answer(response)
        except grpc.RpcError as error:
            raise service_error(error) from error
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            call.cancel()
        if self._sent:
            raise Unavailable("UNAVAILABLE", "the service ended the stream")

    async def _write(self, call: Stream) -> None:
        try:
            for bundle in tuple(self._sent):
                await call.write(_message(bundle))
            while bundle := await self._next():
                self._sent.append(bundle)
                await call.write(_message(bundle))
            await call.done_writing()
        except (grpc.RpcError, asyncio.InvalidStateError):
            pass  # the reader learns why

    async def _next(self) -> list[Asked]:
        """The questions of the next message; none when nobody asks any more."""
        while not self._waiting or len(self._sent) >= AHEAD:
            if not await self._woken(IDLE) and not self._waiting:
                return []
        if self._expected > 1 and len(self._waiting) < self._expected:
            await self._woken(LINGER)
        bundle, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        self._expected = len(bundle)
        return bundle

    async def _woken(self, seconds: float) -> bool:
        """Whether something changed within so many seconds."""
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                return await self._changed.wait()
        except TimeoutError:
            return False

    def _answer(self, response: BatchDecideResponse) -> None:
        bundle = self._sent.popleft() if self._sent else []
        self._patience = None
        for asked, answer in zip(bundle, response.responses, strict=False):
            if not asked.answer.done():
                asked.answer.set_result(answer)
        if self._waiting:
            self._changed.set()

    async def _bear(self, error: Unavailable) -> None:
        self._patience = self._patience or Patience(self._timeout, self._timeout)
        try:
            await asyncio.sleep(self._patience.wait(error))
        except Unavailable:
            self._fail(error)

    def _fail(self, error: ServiceError) -> None:
        """Tell all who wait that there will be no answer."""
        failed = [asked for bundle in self._sent for asked in bundle] + self._waiting
        self._sent.clear()
        self._waiting = []
        for asked in failed:
            if not asked.answer.done():
                asked.answer.set_exception(error)


def _message(bundle: list[Asked]) -> BatchDecideRequest:
    return BatchDecideRequest(requests=[asked.request for asked in bundle])
