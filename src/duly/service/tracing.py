"""
OpenTelemetry spans, where its package is installed; what exports them is for the process to configure.

Attributes are those of its semantic conventions for gRPC. What an error says is left out, because it may quote what is
personal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from duly.service.auth import Metadata
from duly.service.errors import row_of
from duly.service.wire import size_of

Behaviour = Callable[[Any, grpc.ServicerContext], Any]
Starter = Callable[[Metadata], Any]

_CODE = grpc.StatusCode
_FAULTS = frozenset(
    (_CODE.UNKNOWN, _CODE.DEADLINE_EXCEEDED, _CODE.UNIMPLEMENTED, _CODE.INTERNAL, _CODE.UNAVAILABLE, _CODE.DATA_LOSS)
)
"""The statuses that the conventions call errors of a server; the others are those of its caller."""

_SYSTEM = {"rpc.system.name": "grpc"}


def traced(name: str, behaviour: Behaviour) -> Behaviour:
    """A unary behaviour within a span of its own, under that of the caller; itself when nothing would see spans."""
    start = _starter(name)
    if start is None:
        return behaviour

    def call(request: Any, context: grpc.ServicerContext) -> Any:
        with start(context.invocation_metadata()) as span, _telling(span, context):
            response = behaviour(request, context)
            span.set_attribute("rpc.response.size", size_of(response))
            return response

    return call


def traced_stream(name: str, behaviour: Behaviour) -> Behaviour:
    """The same for a behaviour with a stream of responses: its span lasts as long as the stream."""
    start = _starter(name)
    if start is None:
        return behaviour

    def call(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        sent = 0
        with start(context.invocation_metadata()) as span, _telling(span, context):
            try:
                for response in behaviour(request, context):
                    sent += 1
                    _answered(span)
                    yield response
            finally:
                span.set_attribute("duly.messages.sent", sent)

    return call


def message_spans() -> Callable[[Any], Any] | None:
    """
    What surrounds the work for one message of a stream, within the span of the stream; None when nothing would see it.

    Such a span ends when the message is answered: the rest of the time belongs to whoever reads the answer.
    """
    tracer = _tracer()
    if tracer is None:
        return None
    number = 0

    @contextmanager
    def span_of(message: Any) -> Iterator[None]:
        nonlocal number
        number += 1
        told = {**_SYSTEM, "rpc.message.id": number, "rpc.message.uncompressed_size": size_of(message)}
        with tracer.start_as_current_span("message", attributes=told, end_on_exit=False, **_UNSAID) as span:
            try:
                yield
            finally:
                _end(span)

    return span_of


class CallSpans:
    """Spans of the calls of one method that are answered without a thread of their own."""

    __slots__ = ("_start",)

    def __init__(self, start: Starter) -> None:
        self._start = start

    def begin(self, metadata: Metadata) -> Any:
        """The span of a call that carries this metadata."""
        return self._start(metadata)

    @staticmethod
    def end(span: Any, answer: bytes | Exception) -> None:
        """End the span of a call with what it was answered with."""
        if isinstance(answer, bytes):
            span.set_attribute("rpc.response.size", len(answer))
            _end_with(span, _CODE.OK)
        else:
            _end_with(span, row_of(answer).code)
        _end(span)


def call_spans(name: str) -> CallSpans | None:
    """Those of one method; None when nothing would see them."""
    start = _starter(name, "start_span")
    return None if start is None else CallSpans(start)


_UNSAID: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}


def _starter(name: str, how: str = "start_as_current_span") -> Starter | None:
    """Starts spans of one method, `how` its tracer can; None without the package, or while nobody has set it up."""
    tracer = _tracer()
    if tracer is None:
        return None
    from opentelemetry import propagate, trace

    attributes = {**_SYSTEM, "rpc.method": name}

    begin = getattr(tracer, how)

    def start(metadata: Metadata) -> Any:
        headers = {key: value for key, value in metadata if isinstance(value, str)}
        parent = propagate.extract(headers)
        return begin(name, parent, kind=trace.SpanKind.SERVER, attributes=attributes, **_UNSAID)

    return start


def _tracer() -> Any:
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    return trace.get_tracer("duly")


@contextmanager
def _telling(span: Any, context: grpc.ServicerContext) -> Iterator[None]:
    """Says in a span how the call ended."""
    try:
        yield
    except Exception as error:
        _end_with(span, row_of(error).code)
        raise
    except GeneratorExit:
        _end_with(span, _CODE.CANCELLED)
        raise
    # A stream that is no longer read may end as well as one that was read to its end.
    _end_with(span, _CODE.OK if context.is_active() else _CODE.CANCELLED)


def _end_with(span: Any, code: grpc.StatusCode) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("rpc.response.status_code", code.name)
    if code in _FAULTS:
        span.set_attribute("error.type", code.name)
        span.set_status(Status(StatusCode.ERROR))


def _answered(stream: Any) -> None:
    """End the span of the message that was just answered, if there is one within that of the stream."""
    from opentelemetry.trace import get_current_span

    span = get_current_span()
    if span is not stream:
        _end(span)


def _end(span: Any) -> None:
    if span.is_recording():
        span.end()
