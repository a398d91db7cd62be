"""OpenTelemetry spans, where its package is installed; what exports them is for the process to configure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc

Behaviour = Callable[[Any, grpc.ServicerContext], Any]


def traced(name: str, behaviour: Behaviour) -> Behaviour:
    """A unary behaviour within a span of its own, under that of the caller; itself when nothing would see spans."""
    start = _starter(name)
    if start is None:
        return behaviour

    def call(request: Any, context: grpc.ServicerContext) -> Any:
        with start(context) as span:
            response = behaviour(request, context)
            span.set_attribute("rpc.response.size", response.ByteSize())
            return response

    return call


def _starter(name: str) -> Callable[[grpc.ServicerContext], Any] | None:
    """Starts spans of one method; None without the package, or while nobody has set it up."""
    try:
        from opentelemetry import propagate, trace
    except ImportError:
        return None
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    tracer = trace.get_tracer("duly")
    service, _, method = name.rpartition("/")
    attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": method}

    def start(context: grpc.ServicerContext) -> Any:
        headers = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        parent = propagate.extract(headers)
        return tracer.start_as_current_span(name, parent, kind=trace.SpanKind.SERVER, attributes=attributes)

    return start
