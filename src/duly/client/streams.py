"""Streams that survive a service that goes away and comes back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from queue import SimpleQueue

import grpc

from duly.client.errors import ServiceError, Unavailable, service_error
from duly.client.patience import Patience
from duly.v1.admin_service_pb2 import BackupResponse
from duly.v1.decision_service_pb2 import Notification
from duly.v1.event_service_pb2 import IngestRequest, IngestResponse

Outbox = SimpleQueue[IngestRequest | None]
OpenIngest = Callable[[Iterator[IngestRequest]], Iterator[IngestResponse]]


class Pipeline:
    """
    Sends batches one after another without waiting for each answer.

    At most `window` batches are under way. After a failure all that are not acknowledged are sent again, in order; the
    service knows the events it already has by their ids.
    """

    def __init__(self, open_stream: OpenIngest, window: int, patience: Patience) -> None:
        self._open = open_stream
        self._window = window
        self._patience = patience
        self._waiting: deque[IngestRequest] = deque()

    def send(self, batches: Iterable[IngestRequest]) -> Iterator[IngestResponse]:
        """The answers, in the order of the batches. Raises `ServiceError`; `Unavailable` when patience is at an end."""
        source = iter(batches)
        self._fill(source, None)
        while self._waiting:
            try:
                yield from self._stream(source)
            except Unavailable as error:
                self._patience.bear(error)

    def _stream(self, source: Iterator[IngestRequest]) -> Iterator[IngestResponse]:
        outbox: Outbox = SimpleQueue()
        for batch in self._waiting:
            outbox.put(batch)
        responses = self._open(iter(outbox.get, None))
        try:
            while self._waiting:
                response = _next(responses)
                self._waiting.popleft()
                self._patience.progressed()
                yield response
                self._fill(source, outbox)
        finally:
            outbox.put(None)
            cancel(responses)

    def _fill(self, source: Iterator[IngestRequest], outbox: Outbox | None) -> None:
        while len(self._waiting) < self._window and (batch := next(source, None)) is not None:
            self._waiting.append(batch)
            if outbox is not None:
                outbox.put(batch)


def _next(responses: Iterator[IngestResponse]) -> IngestResponse:
    try:
        response = next(responses, None)
    except grpc.RpcError as error:
        raise service_error(error) from error
    if response is None:
        raise Unavailable("UNAVAILABLE", "the service ended the stream")
    return response


def notifications(open_stream: Callable[[], Iterator[Notification]], patience: Patience) -> Generator[Notification]:
    """What a watch delivers, over as many streams as it takes. Raises `ServiceError`."""
    while True:
        stream = open_stream()
        try:
            for notification in stream:
                patience.progressed()
                yield notification
            patience.bear(Unavailable("UNAVAILABLE", "the service ended the stream"))
        except grpc.RpcError as error:
            patience.bear(_away(service_error(error)))
        finally:
            cancel(stream)


def parts(open_stream: Callable[[], Iterator[BackupResponse]]) -> Generator[bytes]:
    """The content that a stream of parts delivers. Raises `ServiceError`."""
    stream = open_stream()
    try:
        for part in stream:
            yield part.content
    except grpc.RpcError as error:
        raise service_error(error) from error
    finally:
        cancel(stream)


def _away(error: ServiceError) -> Unavailable:
    if isinstance(error, Unavailable):
        return error
    raise error


def cancel(stream: object) -> None:
    """End a call from this side, whether or not it is over."""
    if isinstance(stream, grpc.RpcContext):
        stream.cancel()
