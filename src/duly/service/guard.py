"""
What surrounds every call: the token, the bounds, the table of errors, the log line and the metrics.

Methods are wrapped once, when they are registered: an interceptor would be asked anew at each call. Only where there
are tokens there is one, because it alone can refuse a call before its message has arrived and a thread is given to it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

import grpc

from duly.service.asking import Asking, Whom
from duly.service.auth import Metadata, Tokens
from duly.service.errors import INTERNAL, Refused, row_of, status_of
from duly.service.pool import Pool
from duly.service.settings import Scope
from duly.service.streams import Streams
from duly.service.telemetry import Metrics
from duly.service.tracing import call_spans, traced, traced_stream
from duly.service.wire import demand_message

Behaviour = Callable[[Any, grpc.ServicerContext], Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One method as it is guarded: any token has the scope None; a `quiet` one logs successes at level debug only."""

    name: str
    scope: Scope | None
    quiet: bool = False


class Guard:
    """Wraps the behaviours of one server."""

    def __init__(
        self, tokens: Tokens, pool: Pool, streams: Streams, log: Any, metrics: Metrics, verbose: bool = False
    ) -> None:
        self._tokens, self._pool, self._streams, self._log, self._metrics = tokens, pool, streams, log, metrics
        self._verbose = verbose

    def interceptors(self, methods: Iterable[Method]) -> list[grpc.ServerInterceptor]:
        """What a server has to be made with so that calls of these methods need a token, if there are any."""
        return [_Door(self._tokens, methods, self._fail)] if self._tokens else []

    def unary(self, method: Method, behaviour: Behaviour) -> Behaviour:
        """A guarded method with one response."""
        admit, finish, fail = self._admit, self._finish, self._fail
        behaviour = traced(method.name, behaviour)

        def call(request: Any, context: grpc.ServicerContext) -> Any:
            start = perf_counter()
            try:
                admit(request)
                response = behaviour(request, context)
            except Exception as error:  # noqa: BLE001  # whatever it is, it must not leave as it is
                fail(method, error, context, start)
            finish(method, context, start)
            return response

        return call

    def asking(self, method: Method, whom: Whom, gathered: bool) -> Asking:
        """The same for a method whose calls begin in `duly.service.own_calls`."""
        finish, fail = partial(self._succeeded, method), partial(self._failed, method)
        return Asking(method.name, gathered, partial(self._demand, method), whom, finish, fail, call_spans(method.name))

    def _demand(self, method: Method, metadata: Metadata) -> None:
        if self._tokens:
            self._tokens.demand(metadata, method.scope)

    def stream(self, method: Method, behaviour: Behaviour) -> Behaviour:
        """A guarded method with a stream of responses, which holds a thread as long as it is open."""
        behaviour = traced_stream(method.name, behaviour)

        def call(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            start = perf_counter()
            try:
                self._admit(request)
                with self._streams.open():
                    yield from behaviour(request, context)
            except Exception as error:  # noqa: BLE001  # whatever it is, it must not leave as it is
                self._fail(method, error, context, start)
            self._finish(method, context, start)

        return call

    def _admit(self, request: Any) -> None:
        demand_message(request)
        self._pool.demand_turn()

    def _finish(self, method: Method, context: grpc.ServicerContext, start: float) -> None:
        self._succeeded(method, context.invocation_metadata(), perf_counter() - start)

    def _succeeded(self, method: Method, metadata: Metadata, seconds: float) -> None:
        self._metrics.called(method.name, "OK", seconds)
        if self._verbose or not method.quiet:
            self._log.info("called", **_facts(method, "OK", metadata, seconds))

    def _fail(self, method: Method, error: Exception, context: grpc.ServicerContext, start: float) -> Any:
        context.abort_with_status(self._failed(method, error, context.invocation_metadata(), perf_counter() - start))

    def _failed(self, method: Method, error: Exception, metadata: Metadata, seconds: float) -> grpc.Status:
        row = row_of(error)
        self._metrics.called(method.name, row.code.name, seconds)
        facts = _facts(method, row.code.name, metadata, seconds) | {"reason": row.reason}
        if row is INTERNAL:
            self._log.error("failed", **facts, error=type(error).__qualname__, stack=_stack(error))
        else:
            self._log.info("refused", **facts)
        return status_of(error)


class _Door(grpc.ServerInterceptor):
    """Lets in whoever has a token with the scope of the method; health and what is unknown need none."""

    def __init__(self, tokens: Tokens, methods: Iterable[Method], fail: Callable[..., Any]) -> None:
        self._tokens, self._fail = tokens, fail
        self._methods = {f"/{method.name}": method for method in methods}

    def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        method = self._methods.get(details.method)
        if method is not None:
            try:
                self._tokens.demand(details.invocation_metadata or (), method.scope)
            except Refused as error:
                return self._refusal(method, error)
        return continuation(details)

    def _refusal(self, method: Method, error: Refused) -> grpc.RpcMethodHandler[Any, Any]:
        """What answers a call without waiting for its message: whoever takes a stream begins before it comes."""

        def refuse(_messages: Any, context: grpc.ServicerContext) -> Any:
            self._fail(method, error, context, perf_counter())

        refuse.refuses = True  # type: ignore[attr-defined]  # see `duly.service.receipt.is_refused`
        return grpc.stream_unary_rpc_method_handler(refuse)


def _facts(method: Method, code: str, metadata: Metadata, seconds: float) -> dict[str, object]:
    return {
        "method": method.name,
        "code": code,
        "request_id": _request_id(metadata),
        "milliseconds": round(seconds * 1000, 3),
    }


def _request_id(metadata: Metadata) -> str:
    """The caller's `x-request-id` if it is a sane one, else a new one."""
    for name, value in metadata:
        if name == "x-request-id" and isinstance(value, str) and len(value) <= 64:
            return value
    return uuid4().hex


def _stack(error: Exception) -> list[str]:
    """Where it happened; not the message, which may quote personal data."""
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
