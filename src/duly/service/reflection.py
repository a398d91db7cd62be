"""Server reflection, so that tools such as grpcurl need no proto files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import grpc
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection

from duly.service.guard import Guard
from duly.service.methods import REFLECTION, register
from duly.service.streams import Inbox, Streams


class _Reflection:
    """The library's servicer, which ends when the server stops."""

    def __init__(self, names: Sequence[str], streams: Streams) -> None:
        self._servicer, self._streams = reflection.ReflectionServicer(names), streams

    def ServerReflectionInfo(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        inbox: Inbox[Any] = Inbox(requests)
        answers: Iterator[Any] = self._servicer.ServerReflectionInfo(inbox.messages(self._streams), context)
        return answers


def register_reflection(server: grpc.Server, names: Sequence[str], streams: Streams, guard: Guard) -> None:
    """Have a server describe these services, its health service and itself."""
    health = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
    register(server, REFLECTION, _Reflection([*names, health, REFLECTION.full_name], streams), guard)
