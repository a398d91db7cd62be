"""Says whether calls are welcome, whoever asks and however much there is to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock, Thread, Timer
from typing import Any

import grpc
from grpc_health.v1 import health_pb2 as pb
from grpc_health.v1 import health_pb2_grpc

from duly.service.errors import status_of
from duly.service.streams import Streams
from duly.service.wire import demand_message

_SLOWEST = 1.0
"""Seconds that a status may take to leave: who does not take it is no longer told."""

_UNKNOWN = pb.HealthCheckResponse.SERVICE_UNKNOWN

Send = Callable[[pb.HealthCheckResponse], Any]


class _Watching:
    """One open Watch of the health of a service."""

    def __init__(self, send: Send, context: grpc.ServicerContext, status: Callable[[], int]) -> None:
        self._send, self._context, self._status = send, context, status
        self._told: int | None = None
        self._lock = Lock()

    def tell(self) -> None:
        """Send what the status is now, unless that was the last that was sent."""
        with self._lock:
            status = self._status()
            if status == self._told:
                return
            self._told = status
            overdue = Timer(_SLOWEST, self._context.cancel)
            overdue.daemon = True
            overdue.start()
            self._send(pb.HealthCheckResponse(status=status))
            overdue.cancel()


class Health(health_pb2_grpc.HealthServicer):
    """
    The health service, in place of that of the library: there a client that opens a Watch and reads nothing keeps
    everybody else from an answer, and there may be any number of them. A Watch holds no thread; `streams` counts them.
    """

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._status: dict[str, int] = {}
        self._watching: set[_Watching] = set()
        self._lock = Lock()

    def Check(self, request: pb.HealthCheckRequest, context: grpc.ServicerContext) -> pb.HealthCheckResponse:  # noqa: N802
        _demand(request, context)
        status = self._status.get(request.service)
        if status is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "no service has this name")
        return pb.HealthCheckResponse(status=status)

    def Watch(  # type: ignore[override]  # noqa: N802  # it is told what to send with
        self, request: pb.HealthCheckRequest, context: grpc.ServicerContext, send: Send
    ) -> None:
        _demand(request, context)
        try:
            self._streams.enter()
        except Exception as error:  # noqa: BLE001  # refused in the words of every other stream
            context.abort_with_status(status_of(error))
        watching = _Watching(send, context, lambda: self._status.get(request.service, _UNKNOWN))
        with self._lock:
            self._watching.add(watching)
        if not context.add_callback(lambda: self._forget(watching)):
            self._forget(watching)
            return
        watching.tell()

    Watch.experimental_non_blocking = True  # type: ignore[attr-defined]
    Check.always = Watch.always = True  # type: ignore[attr-defined]  # see `duly.service.receipt.always_answers`

    def set(self, status: int, *services: str) -> None:
        """Say from now on that these services have a status, and tell whoever watches."""
        self._status.update(dict.fromkeys(services, status))
        with self._lock:
            watching = list(self._watching)
        # Nobody waits for clients that do not listen.
        Thread(target=_tell, args=(watching,), name="health", daemon=True).start()

    def stop(self) -> None:
        """Say that no service answers any more."""
        self.set(pb.HealthCheckResponse.NOT_SERVING, *self._status)

    def _forget(self, watching: _Watching) -> None:
        with self._lock:
            self._watching.discard(watching)
        self._streams.leave()


def _tell(watching: Iterable[_Watching]) -> None:
    for each in watching:
        each.tell()


def _demand(request: Any, context: grpc.ServicerContext) -> None:
    """Refuse a call whose message did not arrive, or is none."""
    try:
        demand_message(request)
    except Exception as error:  # noqa: BLE001  # each is one of the table
        context.abort_with_status(status_of(error))
