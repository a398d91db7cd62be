"""
One call of a method that asks, from its beginning to its status, without the library's own state.

The library hands over a call in four events, with a lock, a context and a servicer context for each call: more than
half of what a short call costs. Here there are three events, and whether the client has left is only seen at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

import grpc

from duly.service.auth import Metadata
from duly.service.errors import Late, Unsupported, status_of
from duly.service.together import Answered, Asked
from duly.service.wire import ONE_MESSAGE

if TYPE_CHECKING:
    from duly.service.asking import Asking

try:
    _cygrpc: Any = import_module("grpc._cython.cygrpc")
    _Receive, _Metadata = _cygrpc.ReceiveMessageOperation, _cygrpc.SendInitialMetadataOperation
    _Send, _Status = _cygrpc.SendMessageOperation, _cygrpc.SendStatusFromServerOperation
    _Close, _OK = _cygrpc.ReceiveCloseOnServerOperation, _cygrpc.StatusCode.ok
    _EXHAUSTED = _cygrpc.StatusCode.resource_exhausted
    KNOWN = True
except (ImportError, AttributeError):  # pragma: no cover  # a version of the library that does it differently
    KNOWN = False

_NO_FLAGS = 0
_MORE_TO_COME: tuple[None, tuple[()]] = (None, ())
"""What the library's loop is told of an event after which a call goes on."""


class Ask:
    """
    A call of one method; `event` is what began it, and `over` is called when it has ended.

    `since` is when it began, in seconds of `perf_counter`; `has_room` says that it has room in `Arrivals`.
    """

    __slots__ = (
        "_arrived", "_asking", "_ended", "_event", "_message", "_over", "_reading", "_refusal",
        "has_room", "since", "span",
    )  # fmt: skip

    def __init__(self, asking: Asking, event: Any, over: Callable[[Ask], Any]) -> None:
        self._asking, self._event, self._over = asking, event, over
        self._message: bytes | None = None
        self._refusal: Exception | None = None
        self._arrived: Callable[[Ask], None] | None = None
        # Only gRPC's own thread looks at these, once the message is asked for.
        self._reading = self._ended = False
        self.has_room, self.since = False, 0.0
        self.span: Any = None

    @property
    def metadata(self) -> Metadata:
        """What the client sent beside its message."""
        metadata: Metadata = self._event.invocation_metadata or ()
        return metadata

    def read(self, arrived: Callable[[Ask], None]) -> None:
        """Ask for the message; `arrived` is called when it is there, or will never be."""
        self._arrived, self._reading = arrived, True
        self._event.call.start_server_batch((_Receive(_NO_FLAGS),), self._received)

    def _received(self, batch: Any) -> Any:
        self._message, self._reading = batch.batch_operations[0].message(), False
        if self._arrived is not None:
            self._arrived(self)
        return self._over(self) if self._ended else _MORE_TO_COME

    @property
    def gathered(self) -> bool:
        """Whether it is answered together with others; else `run` answers it."""
        return self._asking.gathered

    def begin(self, since: float) -> tuple[Asked, bytes] | None:
        """Whom it asks, and what; None when nobody waits for it any more. Raises what it is to be refused with."""
        self.since = since
        if self._message is None or self._event.call_details.deadline < time():
            return None
        return self._asking.begin(self), self._message

    def end(self, answer: Answered | None) -> None:
        """Answer it, or say why not; with None nobody waits for it, or it had no message."""
        if isinstance(answer, bytes):
            self._send((_Send(answer, _NO_FLAGS), _Status(None, _OK, b"", _NO_FLAGS)))
            self._asking.succeeded(self, answer, perf_counter() - self.since)
            return
        if answer is None:
            status = self._unasked()
        else:
            status = self._asking.failed(self, answer, perf_counter() - self.since if self.since else 0.0)
        code: int = status.code.value[0]
        self._send((_Status(status.trailing_metadata, code, status.details.encode(), _NO_FLAGS),))

    def _unasked(self) -> grpc.Status:
        """The status of a call that asked nothing, which seldom anybody waits for."""
        if self._message is None:
            return status_of(Unsupported(ONE_MESSAGE))
        return status_of(Late("the deadline of the call passed while it waited"))

    def drop(self) -> None:
        """Refuse it without further ado, in the words of the library."""
        self._send((_Status(None, _EXHAUSTED, b"Concurrent RPC limit exceeded!", _NO_FLAGS),))

    def refuse(self, error: Exception) -> None:
        """Have it refused by the next `run`."""
        self._refusal = error

    def run(self) -> None:
        """Refuse it if it is to be refused, else answer it in the thread that calls this."""
        # What cannot be told is no matter of whose turn is next.
        with suppress(Exception):
            self.end(self._refusal or self._answered())

    def _answered(self) -> Answered | None:
        try:
            asked = self.begin(perf_counter())
            return None if asked is None else asked[0].ask(asked[1])
        except Exception as error:  # noqa: BLE001  # whatever it is, the call is told
            return error

    def _send(self, operations: tuple[Any, ...]) -> None:
        operations = (_Metadata(None, _NO_FLAGS), *operations, _Close(_NO_FLAGS))
        self._event.call.start_server_batch(operations, self._sent)

    def _sent(self, _batch: Any) -> Any:
        self._ended = True
        # A message that never came is given up by gRPC after the status is sent.
        return _MORE_TO_COME if self._reading else self._over(self)
