"""
What can go wrong in a call, and the one table that says which gRPC status it becomes.

A suppressed notification is an answer, never an error. Text of unforeseen errors never leaves the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import grpc
from google.protobuf.message import Message

from duly.engine.event import Flaw
from duly.engine.store import BackupFailed, Conflict, StoreBusy, StoreCorrupt, StoreUnavailable, WrongStore
from duly.service.convert.flawed import Flawed
from duly.v1 import problem_pb2

DOMAIN = "duly.v1"

_ROOM = 3500
_LONGEST_MESSAGE = 300
_LONGEST_FIELD = 100


class Refused(Exception):
    """A call that is refused; the message is one sentence for whoever called."""


class RulesInvalid(Flawed):
    """The rules given have errors; one flaw for each diagnostic."""


class NotFound(Refused):
    """What was asked for by name or id is not there."""


class StaleEtag(Refused):
    """The rules changed since the caller read them."""


class Unsupported(Refused):
    """This version cannot do it."""


class Unauthenticated(Refused):
    """The call carries no token that is known."""


class Forbidden(Refused):
    """The token does not have the scope that the method needs."""


class Overloaded(Refused):
    """There is more to do than can be done; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Late(Refused):
    """The call, or its message, came too late."""


class Stopping(Refused):
    """The server is about to stop and takes no more work."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One row of the table. `reason` goes into `google.rpc.ErrorInfo`; `sentence` is what the caller reads, the error's
    own message if it is empty.
    """

    code: grpc.StatusCode
    reason: str
    sentence: str = ""


_CODE = grpc.StatusCode
TABLE: dict[type[Exception], Row] = {
    Flawed: Row(_CODE.INVALID_ARGUMENT, "REQUEST_INVALID"),
    RulesInvalid: Row(_CODE.INVALID_ARGUMENT, "RULES_INVALID"),
    NotFound: Row(_CODE.NOT_FOUND, "NOT_FOUND"),
    StaleEtag: Row(_CODE.ABORTED, "STALE_ETAG"),
    Conflict: Row(_CODE.ABORTED, "CONFLICT", "too many callers changed the same users at once; try again"),
    Overloaded: Row(_CODE.RESOURCE_EXHAUSTED, "OVERLOADED"),
    Late: Row(_CODE.DEADLINE_EXCEEDED, "MESSAGE_LATE"),
    Stopping: Row(_CODE.UNAVAILABLE, "STOPPING"),
    StoreUnavailable: Row(_CODE.UNAVAILABLE, "STORE_UNAVAILABLE", "the store is not available"),
    StoreBusy: Row(_CODE.UNAVAILABLE, "STORE_BUSY", "the store is in use by another process"),
    WrongStore: Row(_CODE.FAILED_PRECONDITION, "STORE_WRONG", "the store does not fit this server"),
    StoreCorrupt: Row(_CODE.DATA_LOSS, "STORE_CORRUPT", "the store is damaged"),
    BackupFailed: Row(_CODE.FAILED_PRECONDITION, "BACKUP_FAILED", "the store could not be copied"),
    Unauthenticated: Row(_CODE.UNAUTHENTICATED, "UNAUTHENTICATED"),
    Forbidden: Row(_CODE.PERMISSION_DENIED, "FORBIDDEN"),
    Unsupported: Row(_CODE.UNIMPLEMENTED, "UNSUPPORTED"),
}
INTERNAL = Row(_CODE.INTERNAL, "INTERNAL", "an internal error; the server's log has the details")


def row_of(error: Exception) -> Row:
    """The row of an error's class or of its nearest ancestor; `INTERNAL` for what nobody foresaw."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), INTERNAL)


def status_of(error: Exception) -> grpc.Status:
    """The status that a call fails with, details included."""
    # Imported here because most servers answer long before they first refuse.
    from google.protobuf.any_pb2 import Any
    from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]
    from grpc_status import rpc_status

    row = row_of(error)
    status = status_pb2.Status(code=_number(row.code), message=_message(row, error))
    details = [error_details_pb2.ErrorInfo(reason=row.reason, domain=DOMAIN), *_more(error)]
    for detail in details:
        packed = Any()
        packed.Pack(detail)
        status.details.append(packed)
    refusal: grpc.Status = rpc_status.to_status(status)
    return refusal


def put_problem(target: problem_pb2.Problem, error: Exception) -> None:
    """Fill in why one item of a batch failed: what a call of its own would have failed with."""
    row = row_of(error)
    target.code, target.message = _number(row.code), _message(row, error)
    for flaw in error.flaws if isinstance(error, Flawed) else ():
        target.violations.add(field=flaw.field, reason=flaw.reason, description=flaw.description)


def _message(row: Row, error: Exception) -> str:
    text = row.sentence or str(error)
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"


def _more(error: Exception) -> Iterable[Message]:
    from google.rpc import error_details_pb2

    if isinstance(error, Flawed):
        yield error_details_pb2.BadRequest(field_violations=[_violation(flaw) for flaw in _that_fit(error.flaws)])
    if isinstance(error, Overloaded):
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(int(error.retry_after * 1000))
        yield retry


def _that_fit(flaws: tuple[Flaw, ...]) -> list[Flaw]:
    """As many flaws as may travel: details are metadata, of which clients take 8 KB."""
    kept: list[Flaw] = []
    room = _ROOM
    for number, flaw in enumerate(flaws):
        room -= len(flaw.field.encode()) + len(flaw.reason) + len(flaw.description.encode()) + 8
        if room < 0:
            more = f"and {len(flaws) - number} more"
            return [*kept, Flaw(flaw.field[:_LONGEST_FIELD], "more", more)]
        kept.append(flaw)
    return kept


def _violation(flaw: Flaw) -> Message:
    from google.rpc import error_details_pb2

    reason = flaw.reason.replace("-", "_").upper()
    kind: type[Message] = error_details_pb2.BadRequest.FieldViolation
    return kind(field=flaw.field, description=flaw.description, reason=reason)


def _number(code: grpc.StatusCode) -> int:
    number: int = code.value[0]
    return number
