"""
Has the calls of some methods begin here and not in the library's way, see `duly.service.ask`.

The library has no public way to do so. This knows how its server waits for calls, and that it takes whatever is called
with an event for the end of a step of a call; where it does otherwise, its own way is left to answer these methods.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any

import grpc

from duly.service.ask import KNOWN, Ask
from duly.service.asking import Asking
from duly.service.pool import Pool

_STATE = ("lock", "completion_queue", "server", "stage", "rpc_states", "due", "registered_method_handlers")


class OwnCalls:
    """
    The calls of these methods on one server.

    While `most` calls of whatever method are in flight, others are refused at once, as gRPC does by itself.
    """

    def __init__(self, server: grpc.Server, pool: Pool, methods: Sequence[Asking], most: int) -> None:
        self._state = _state_of(server)
        self._pool, self._most = pool, most
        self._methods = tuple(methods) if _is_known(self._state) else ()
        for asking in self._methods:
            self._state.server.register_method(_path(asking))

    def start(self) -> None:
        """Wait for calls, once the server has started."""
        for asking in self._methods:
            self._wait(_path(asking), _Step(partial(self._begun, asking)))

    def _wait(self, path: str, step: _Step) -> None:
        state, queue = self._state, self._state.completion_queue
        with state.lock:
            if state.stage is _STARTED:
                state.server.request_registered_call(queue, queue, path, step)
                state.due.add(step)

    def _begun(self, asking: Asking, step: _Step, event: Any) -> Any:
        """A call has begun, or the server stops; only gRPC's own thread calls this."""
        state = self._state
        with state.lock:
            state.due.remove(step)
            if not event.success:
                # What is given back is looked for among the calls in flight, and the server ends with the last of them.
                state.rpc_states.add(step)
                return step, ()
            ask, full = Ask(asking, event, _over), len(state.rpc_states) >= self._most
            state.rpc_states.add(ask)
        self._wait(_path(asking), step)
        try:
            if full:
                ask.drop()
                return None, ()
            asking.admit(ask.metadata)
            self._pool.answer(ask)
        except Exception as error:  # noqa: BLE001  # one call must not end the thread that begins all of them
            self._pool.turn_away(ask, error)
        return None, ()


class _Step:
    """What stands for a step in the library's queue: called with its event."""

    __slots__ = ("_work",)

    def __init__(self, work: Any) -> None:
        self._work = work

    def __call__(self, event: Any) -> Any:
        return self._work(self, event)


def _over(ask: Ask) -> Any:
    """What the library's loop is told of the last event of a call: to look for it no more."""
    return ask, ()


def _path(asking: Asking) -> str:
    return f"/{asking.name}"


try:
    _STARTED: Any = import_module("grpc._server")._ServerStage.STARTED  # noqa: SLF001
except (ImportError, AttributeError):  # pragma: no cover  # a version of the library that does it differently
    _STARTED = None


def _state_of(server: grpc.Server) -> Any:
    """What the library keeps of a server; None where it keeps it otherwise."""
    return getattr(server, "_state", None)


def _is_known(state: Any) -> bool:
    """Whether the library's server is one that is known here."""
    known = KNOWN and _STARTED is not None and all(hasattr(state, name) for name in _STATE)
    return known and hasattr(state.server, "register_method") and hasattr(state.server, "request_registered_call")
