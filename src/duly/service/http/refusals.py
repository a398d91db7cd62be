"""What can go wrong with a request over HTTP, and the status and body that it is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

import grpc

from duly.service.errors import Overloaded, Refused, Unauthenticated, row_of


class TooLarge(Refused):
    """A batch or an event has more bytes than are allowed."""


class NotJson(Refused):
    """The body is no JSON, or no object with what the path asks for."""


class UnknownEncoding(Refused):
    """The body is compressed in a way that is not understood."""


class TooSlow(Refused):
    """The body did not arrive in time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer to a request that failed. SDKs look for `code` and `message` in the body."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        """What the body says."""
        return {"success": False, "code": self.code, "message": self.message}


_OF_HTTP: dict[type[Exception], tuple[int, str]] = {
    NotJson: (400, "NOT_JSON"),
    TooSlow: (408, "TOO_SLOW"),
    TooLarge: (413, "TOO_LARGE"),
    UnknownEncoding: (415, "UNKNOWN_ENCODING"),
}
_CODE = grpc.StatusCode
_STATUSES = {
    _CODE.INVALID_ARGUMENT: 400,
    _CODE.UNAUTHENTICATED: 401,
    _CODE.PERMISSION_DENIED: 403,
    _CODE.NOT_FOUND: 404,
    _CODE.RESOURCE_EXHAUSTED: 429,
    # SDKs try again after 503; after any 4xx but 408 and 429 they throw the batch away.
    _CODE.ABORTED: 503,
    _CODE.UNAVAILABLE: 503,
}


def refusal_of(error: Exception) -> Refusal:
    """How a request that failed with `error` is answered: by the table of gRPC, but for what only HTTP knows."""
    row = row_of(error)
    status, code = _OF_HTTP.get(type(error)) or (_STATUSES.get(row.code, 500), row.reason)
    return Refusal(status, code, str(error) if isinstance(error, Refused) else row.sentence, _headers(error, status))


def _headers(error: Exception, status: int) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Basic realm="duly"'}
    if isinstance(error, Overloaded):
        return {"Retry-After": str(max(1, ceil(error.retry_after)))}
    return {"Retry-After": "1"} if status == 503 else {}
