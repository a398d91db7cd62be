"""Single questions of many threads, asked together: what comes within a millisecond or two travels in one message."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from threading import Condition, Lock, Thread

import grpc

from duly.client.errors import ServiceError, Unavailable, service_error
from duly.client.patience import Patience
from duly.client.streams import cancel
from duly.v1.decision_service_pb2 import BatchDecideRequest, BatchDecideResponse, DecideRequest, DecideResponse

OpenDecide = Callable[[Iterator[BatchDecideRequest]], Iterator[BatchDecideResponse]]

MOST = 100
"""Questions in one message. Larger ones are no faster, and the service would rest while all who asked are answered."""

LINGER = 0.001
"""Seconds that a question may wait for others. None waits that finds nobody else asking."""

AHEAD = 3
"""Messages under way at a time: the service reads one while it answers another, and one is answered to here."""

IDLE = 20.0
"""Seconds without a question after which the stream is ended: each holds a thread of the service."""


class Asked:
    """One question on its way. Whoever asked sleeps on `answered`."""

    __slots__ = ("answered", "error", "request", "response")

    def __init__(self, request: DecideRequest) -> None:
        self.request = request
        self.response: DecideResponse | None = None
        self.error: ServiceError | None = None
        self.answered = Lock()
        self.answered.acquire()


class Asking:
    """
    Asks the questions of any number of threads over one stream, which lives as long as there are questions.

    A question that is wrong has its own answer. After a lost connection all that are not answered are asked again; the
    service knows them by their request ids.
    """

    def __init__(self, open_stream: OpenDecide, timeout: float) -> None:
        self._open, self._timeout = open_stream, timeout
        self._changed = Condition()
        self._waiting: list[Asked] = []
        self._sent: deque[list[Asked]] = deque()
        self._expected = 1
        self._stream = 0
        self._alive = self._closed = False

    def ask(self, request: DecideRequest) -> DecideResponse:
        """The answer; raises `ServiceError` when there is none, `DEADLINE_EXCEEDED` when it takes too long."""
        asked = Asked(request)
        with self._changed:
            if self._closed:
                raise ServiceError("CANCELLED", "the client is closed")
            self._waiting.append(asked)
            if not self._alive:
                self._alive = True
                Thread(target=self._run, name="duly-asking", daemon=True).start()
            elif len(self._waiting) == 1 or len(self._waiting) == self._expected:
                self._changed.notify_all()
        if not asked.answered.acquire(timeout=self._timeout):
            raise ServiceError("DEADLINE_EXCEEDED", f"no answer within {self._timeout:g} seconds")
        if asked.response is None:
            raise asked.error or ServiceError("CANCELLED", "the client is closed")
        return asked.response

    def close(self) -> None:
        """Answer nobody any more; who waits is told so."""
        with self._changed:
            self._closed = True
            self._stream += 1
        self._fail(ServiceError("CANCELLED", "the client is closed"))

    # --- out: in the thread with which gRPC reads requests ------------------------------------------------------------

    def _messages(self, stream: int) -> Iterator[BatchDecideRequest]:
        for lost in tuple(self._sent):
            yield _message(lost)
        while (bundle := self._next(stream)) is not None:
            yield _message(bundle)

    def _next(self, stream: int) -> list[Asked] | None:
        """The questions of the next message; None when the stream is over or nobody asks any more."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._stream != stream or self._may_send(), IDLE):
                return None
            # Who asked last time will ask again within moments, so nobody waits longer than for them.
            if self._stream == stream and self._expected > 1:
                self._changed.wait_for(lambda: len(self._waiting) >= self._expected, LINGER)
            if self._stream != stream:
                return None
            bundle, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            self._expected = len(bundle)
            self._sent.append(bundle)
            return bundle

    def _may_send(self) -> bool:
        return bool(self._waiting) and len(self._sent) < AHEAD

    # --- in -----------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        patience: Patience | None = None
        while self._goes_on():
            try:
                for _ in self._answers():
                    patience = None
            except Unavailable as error:
                patience = patience or Patience(self._timeout, self._timeout)
                self._bear(patience, error)
            except ServiceError as error:
                self._fail(error)

    def _goes_on(self) -> bool:
        with self._changed:
            self._alive = not self._closed and bool(self._waiting or self._sent)
            return self._alive

    def _answers(self) -> Iterator[None]:
        """Answer questions, and say each time that some were, until the stream ends."""
        with self._changed:
            self._stream += 1
        try:
            responses = self._open(self._messages(self._stream))
        except ValueError:  # what gRPC says of a channel that was closed in the meantime
            raise ServiceError("CANCELLED", "the client is closed") from None
        try:
            for response in responses:
                self._answer(response)
                yield
        except grpc.RpcError as error:
            raise service_error(error) from error
        finally:
            with self._changed:
                self._stream += 1
                self._changed.notify_all()
            cancel(responses)
        if self._sent:
            raise Unavailable("UNAVAILABLE", "the service ended the stream")

    def _answer(self, response: BatchDecideResponse) -> None:
        with self._changed:
            bundle = self._sent.popleft() if self._sent else []
            if self._waiting:
                self._changed.notify_all()
        for asked, answer in zip(bundle, response.responses, strict=False):
            asked.response = answer
            asked.answered.release()

    def _bear(self, patience: Patience, error: Unavailable) -> None:
        try:
            patience.bear(error)
        except Unavailable:
            self._fail(error)

    def _fail(self, error: ServiceError) -> None:
        """Tell all who wait that there will be no answer."""
        with self._changed:
            failed = [asked for bundle in self._sent for asked in bundle] + self._waiting
            self._sent.clear()
            self._waiting = []
            self._changed.notify_all()
        for asked in failed:
            asked.error = error
            asked.answered.release()


def _message(bundle: list[Asked]) -> BatchDecideRequest:
    return BatchDecideRequest(requests=[asked.request for asked in bundle])
