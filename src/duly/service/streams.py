"""Open streams: how many there may be, how they learn that the server stops, and reading ahead in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Generic, TypeVar

import grpc

from duly.service.errors import Overloaded, Stopping
from duly.service.tracing import message_spans
from duly.service.wire import demand_message

Message = TypeVar("Message")

_AHEAD = 2
"""How many messages of a stream are read before they are asked for."""


class Streams:
    """The streams of one server, each of which holds a thread as long as it is open; at most `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._count = 0
        self._wakes: set[Callable[[], None]] = set()
        self.stopping = False

    @property
    def count(self) -> int:
        """How many are open."""
        return self._count

    @contextmanager
    def open(self) -> Iterator[None]:
        """Hold a place for a stream; raises `Overloaded` when there is none, `Stopping` when the server stops."""
        if self.stopping:
            raise Stopping("the server is stopping")
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """Take a place until `leave`; raises `Overloaded` when there is none."""
        with self._lock:
            if self._count >= self._limit:
                raise Overloaded(f"the server has {self._limit} streams open, which is its bound", retry_after=5.0)
            self._count += 1

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._count -= 1

    @contextmanager
    def told(self, wake: Callable[[], None]) -> Iterator[None]:
        """Have `wake` called when the server is about to stop, at once if it is already."""
        with self._lock:
            self._wakes.add(wake)
        if self.stopping:
            wake()
        try:
            yield
        finally:
            with self._lock:
                self._wakes.discard(wake)

    def stop(self) -> None:
        """Tell every stream that the server is about to stop."""
        with self._lock:
            self.stopping = True
            wakes = list(self._wakes)
        for wake in wakes:
            wake()


class Inbox(Generic[Message]):
    """
    The messages of one stream, in their order.

    A thread of its own reads ahead, so that the next message is parsed while the last is being made durable, and so
    that the stream can end while its client is silent.
    """

    def __init__(self, requests: Iterator[Message]) -> None:
        self._requests = requests
        self._arrived: SimpleQueue[Message | Exception | None] = SimpleQueue()
        self._room = Semaphore(_AHEAD)
        self._closed = False

    def messages(self, streams: Streams) -> Iterator[Message]:
        """Each message; raises `Stopping` once the server is about to stop."""
        spans = message_spans()
        Thread(target=self._read, name="stream-reader", daemon=True).start()
        try:
            with streams.told(self._stop):
                while (message := self._arrived.get()) is not None:
                    if isinstance(message, Exception):
                        raise message
                    if spans is None:
                        yield message
                    else:
                        with spans(message):
                            yield message
                    self._room.release()
        finally:
            self._closed = True
            self._room.release()

    def _read(self) -> None:
        try:
            for message in self._requests:
                demand_message(message)
                self._arrived.put(message)
                self._room.acquire()
                if self._closed:
                    return
        except grpc.RpcError:
            pass  # the client is gone: there is nobody to tell
        except Exception as error:  # noqa: BLE001  # raised where the stream is answered
            self._arrived.put(error)
        self._arrived.put(None)

    def _stop(self) -> None:
        self._arrived.put(Stopping("the server is stopping; everything it has answered is durable"))
