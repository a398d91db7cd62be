"""Why a call failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import BadRequest, RetryInfo  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

Detail = TypeVar("Detail", BadRequest, RetryInfo)

_CROWDED = "Concurrent RPC limit exceeded!"
"""What gRPC itself says, without `RetryInfo`, when even refusing has become too much for a server."""

_UNHEARD = "CANCELLED"
"""What is said of a call that came while the server shut down; one that this side cancelled is said to be so."""

_DETAILS = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one field of a request."""

    field: str
    reason: str
    description: str


class ServiceError(Exception):
    """A call that failed: the name of its gRPC status, such as `NOT_FOUND`, a sentence, and the fields at fault."""

    def __init__(self, code: str, message: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.violations = violations


class Unavailable(ServiceError):
    """The service is away or has too much to do; `retry_after` is how many seconds it asked to be left alone."""

    retry_after: float = 0.0


def service_error(error: grpc.RpcError) -> ServiceError:
    """What a failure of gRPC means; only what is worth trying again is `Unavailable`."""
    call = cast("grpc.Call", error)
    code = call.code()
    message = call.details() or code.name.lower().replace("_", " ")
    status = _status(call)
    retry = _detail(status, RetryInfo())
    unheard = code == grpc.StatusCode.CANCELLED and message == _UNHEARD
    crowded = code == grpc.StatusCode.RESOURCE_EXHAUSTED and message == _CROWDED
    if code == grpc.StatusCode.UNAVAILABLE or retry is not None or crowded or unheard:
        unavailable = Unavailable(code.name, _plainly(message))
        unavailable.retry_after = retry.retry_delay.ToTimedelta().total_seconds() if retry else float(crowded)
        return unavailable
    return ServiceError(code.name, message, _violations(_detail(status, BadRequest())))


def _plainly(message: str) -> str:
    """The part of gRPC's connection errors that people can use."""
    return next((ours for theirs, ours in _PHRASES.items() if theirs in message), message)


CLOSED = ("the connection was closed", "connection reset by peer")
"""What a client is told whom the other side hung up on."""

UNTRUSTED = "no TLS there, or its certificate is not trusted"

_PHRASES = {
    "Connection refused": "connection refused",
    "Connection reset by peer": CLOSED[1],
    "Socket closed": CLOSED[0],
    "Timeout occurred": "nobody answers there",
    "DNS resolution failed": "the name of the host is not known",
    "Ssl handshake failed": UNTRUSTED,
}


def _violations(request: BadRequest | None) -> tuple[Violation, ...]:
    if request is None:
        return ()
    return tuple(Violation(found.field, found.reason, found.description) for found in request.field_violations)


def _status(call: grpc.Call) -> Status:
    status = Status()
    for key, value in call.trailing_metadata() or ():
        if key == _DETAILS and isinstance(value, bytes):
            try:
                status.ParseFromString(value)
            except DecodeError:
                return Status()
    return status


def _detail(status: Status, into: Detail) -> Detail | None:
    return next((into for packed in status.details if packed.Unpack(into)), None)
