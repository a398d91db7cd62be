"""
Reads the message of a call before a thread is given to it, so that a call whose message does not come holds none.

The library gives a thread to a call first and lets it wait there for the message. It has no public way to do otherwise,
so this knows how its server hands over a call; what is handed over in another way is left to wait as the library does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from duly.service.errors import Unsupported
from duly.service.wire import ONE_MESSAGE, NoMessage

try:
    _server: Any = import_module("grpc._server")
    _receive, _active = _server._receive_message, _server._is_rpc_state_active  # noqa: SLF001
    _TOKEN, _FLAGS = _server._RECEIVE_MESSAGE_TOKEN, _server._EMPTY_FLAGS  # noqa: SLF001
    _Operation = _server.cygrpc.ReceiveMessageOperation
    _KNOWN = True
except (ImportError, AttributeError):  # pragma: no cover  # a version of the library that does it differently
    _KNOWN = False

_PARTS = 7
_EVENT, _STATE, _BEHAVIOUR, _MESSAGE, _PARSER = 1, 2, 3, 4, 5
"""Where they stand in what the library hands over: `_MESSAGE` is called for the message and waits for it."""


def is_readable(call: Sequence[Any]) -> bool:
    """Whether what the library handed over is a call that waits for a message which can be read for it."""
    return _KNOWN and len(call) == _PARTS and getattr(call[_MESSAGE], "__name__", "") == "unary_request"


def is_call(call: Sequence[Any]) -> bool:
    """Whether it is a call at all, of whatever kind."""
    return len(call) == _PARTS


def is_refused(call: Sequence[Any]) -> bool:
    """Whether what is left to do is to refuse it."""
    return len(call) == _PARTS and bool(getattr(call[_BEHAVIOUR], "refuses", False))


def always_answers(call: Sequence[Any]) -> bool:
    """Whether its method answers even when everything else is refused."""
    return bool(getattr(call[_BEHAVIOUR], "always", False))


def readable(call: Sequence[Any]) -> list[Any]:
    """The call as it is answered once its message was asked for: its behaviour does not wait."""
    state = call[_STATE]
    return _with_message(call, lambda: _message(state))


def read_message(call: Sequence[Any], arrived: Callable[[], None]) -> None:
    """Ask for the message of a readable call; `arrived` is called when it is there, or will never be."""
    event, state = call[_EVENT], call[_STATE]
    take_in = _receive(state, event.call, call[_PARSER])

    def received(batch: Any) -> Any:
        finished = take_in(batch)
        arrived()
        return finished

    with state.condition:
        asked = _active(state)
        if asked:
            event.call.start_server_batch((_Operation(_FLAGS),), received)
            state.due.add(_TOKEN)
    if not asked:
        arrived()


def without_message(call: Sequence[Any], error: Exception) -> list[Any]:
    """The call, to be answered at once: its behaviour gets a `NoMessage` that says why."""
    return _with_message(call, lambda: NoMessage(error))


def _with_message(call: Sequence[Any], message: Callable[[], Any]) -> list[Any]:
    answered = list(call)
    answered[_MESSAGE] = message
    return answered


def _message(state: Any) -> Any:
    """What the behaviour is given; None, for which it is not called, when the client has left."""
    with state.condition:
        if not _active(state):
            return None
        message, state.request = state.request, None
    return NoMessage(Unsupported(ONE_MESSAGE)) if message is None else message
