"""Streams of an event loop that survive a service that goes away and comes back."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable

import grpc

from duly.client.errors import ServiceError, Unavailable, service_error
from duly.client.patience import Patience
from duly.v1.admin_service_pb2 import BackupRequest, BackupResponse
from duly.v1.decision_service_pb2 import Notification, WatchRequest
from duly.v1.event_service_pb2 import IngestRequest, IngestResponse

Batches = Iterable[IngestRequest] | AsyncIterable[IngestRequest]
Ingest = grpc.aio.StreamStreamCall[IngestRequest, IngestResponse]
Watch = grpc.aio.UnaryStreamCall[WatchRequest, Notification]


class AsyncPipeline:
    """
    Sends batches one after another without waiting for each answer; as `duly.client.streams.Pipeline`.

    At most `window` batches are under way. After a failure all that are not acknowledged are sent again, in order.
    """

    def __init__(self, open_stream: Callable[[], Ingest], window: int, patience: Patience) -> None:
        self._open, self._window, self._patience = open_stream, window, patience
        self._waiting: deque[IngestRequest] = deque()

    async def send(self, batches: Batches) -> AsyncGenerator[IngestResponse]:
        """The answers, in the order of the batches. Raises `ServiceError`; `Unavailable` when patience is at an end."""
        source = _ahead(batches)
        await self._fill(source, None)
        while self._waiting:
            call = self._open()
            try:
                for batch in tuple(self._waiting):
                    await call.write(batch)
                while self._waiting:
                    response = await _next(call)
                    self._waiting.popleft()
                    self._patience.progressed()
                    yield response
                    await self._fill(source, call)
            except grpc.RpcError as error:
                await asyncio.sleep(_wait(self._patience, service_error(error)))
            except Unavailable as error:
                await asyncio.sleep(self._patience.wait(error))
            finally:
                call.cancel()

    async def _fill(self, source: AsyncGenerator[IngestRequest], call: Ingest | None) -> None:
        while len(self._waiting) < self._window and (batch := await anext(source, None)) is not None:
            self._waiting.append(batch)
            if call is not None:
                await call.write(batch)


async def _ahead(batches: Batches) -> AsyncGenerator[IngestRequest]:
    if isinstance(batches, AsyncIterable):
        async for batch in batches:
            yield batch
    else:
        for batch in batches:
            yield batch


async def _next(call: Ingest) -> IngestResponse:
    response = await call.read()
    if not isinstance(response, IngestResponse):
        raise Unavailable("UNAVAILABLE", "the service ended the stream")
    return response


async def notifications(open_stream: Callable[[], Watch], patience: Patience) -> AsyncGenerator[Notification]:
    """What a watch delivers, over as many streams as it takes. Raises `ServiceError`."""
    while True:
        call = open_stream()
        try:
            async for notification in call:
                patience.progressed()
                yield notification
            pause = patience.wait(Unavailable("UNAVAILABLE", "the service ended the stream"))
        except grpc.RpcError as error:
            pause = _wait(patience, service_error(error))
        finally:
            call.cancel()
        await asyncio.sleep(pause)


async def parts(call: grpc.aio.UnaryStreamCall[BackupRequest, BackupResponse]) -> AsyncGenerator[bytes]:
    """The content that a stream of parts delivers. Raises `ServiceError`."""
    try:
        async for part in call:
            yield part.content
    except grpc.RpcError as error:
        raise service_error(error) from error
    finally:
        call.cancel()


def _wait(patience: Patience, error: ServiceError) -> float:
    """Seconds to wait before the stream is opened again; raises what is not worth it."""
    if isinstance(error, Unavailable):
        return patience.wait(error)
    raise error
