"""Registers the methods of all services, guarded, from what their descriptors say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha import reflection_pb2

from duly.service.asking import Asking, Whom
from duly.service.guard import Guard, Method
from duly.service.settings import Scope
from duly.service.wire import parser, serialized
from duly.v1 import admin_service_pb2, decision_service_pb2, event_service_pb2, rule_service_pb2, user_service_pb2

EVENTS = event_service_pb2.DESCRIPTOR.services_by_name["EventService"]
DECISIONS = decision_service_pb2.DESCRIPTOR.services_by_name["DecisionService"]
RULES = rule_service_pb2.DESCRIPTOR.services_by_name["RuleService"]
USERS = user_service_pb2.DESCRIPTOR.services_by_name["UserService"]
ADMIN = admin_service_pb2.DESCRIPTOR.services_by_name["AdminService"]
REFLECTION = reflection_pb2.DESCRIPTOR.services_by_name["ServerReflection"]
SERVICES = (EVENTS, DECISIONS, RULES, USERS, ADMIN)

_SCOPES: dict[str, Scope | None] = {
    EVENTS.full_name: Scope.INGEST,
    DECISIONS.full_name: Scope.DECIDE,
    RULES.full_name: Scope.ADMIN,
    USERS.full_name: Scope.ADMIN,
    ADMIN.full_name: Scope.ADMIN,
    REFLECTION.full_name: None,
}
_QUIET = {"Ingest", "Decide", "BatchDecide", "Report"}
_GATHERED = {"Decide"}
_ASKING = {*_GATHERED, "BatchDecide", "Ingest"}
"""Methods whose calls begin in `duly.service.own_calls`, where that can be done; those `_GATHERED` are answered many at
once.
"""

_UNREAD = {"Decide", "BatchDecide", "StreamDecide", "Ingest", "IngestStream"}
"""Methods that are given requests as they came, and may answer in bytes."""

_HANDLERS: dict[tuple[bool, bool], Callable[..., grpc.RpcMethodHandler[Any, Any]]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def register(server: grpc.Server, service: ServiceDescriptor, servicer: object, guard: Guard) -> None:
    """Have a server answer the methods of a service, each by the servicer's method of the same name."""
    handlers = {method.name: _handler(method, getattr(servicer, method.name), guard) for method in service.methods}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))
    for name in _ASKING:
        # What is registered is taken out of the way of `OwnCalls`.
        handlers.pop(name, None)
    server.add_registered_method_handlers(service.full_name, handlers)  # type: ignore[attr-defined]


def asking(service: ServiceDescriptor, asked_by: Callable[[str], Whom], guard: Guard) -> list[Asking]:
    """The methods of a service whose calls begin in a way of their own; `asked_by` says whom those of each ask."""
    return [
        guard.asking(_method(method), asked_by(method.name), method.name in _GATHERED)
        for method in service.methods
        if method.name in _ASKING
    ]


def guarded() -> list[Method]:
    """Every method that is registered with a guard."""
    return [_method(method) for service in (*SERVICES, REFLECTION) for method in service.methods]


def _method(method: MethodDescriptor) -> Method:
    service = method.containing_service.full_name
    return Method(f"{service}/{method.name}", _SCOPES[service], method.name in _QUIET)


def _handler(method: MethodDescriptor, behaviour: Any, guard: Guard) -> grpc.RpcMethodHandler[Any, Any]:
    wrap = guard.stream if method.server_streaming else guard.unary
    return _HANDLERS[method.client_streaming, method.server_streaming](
        wrap(_method(method), behaviour),
        request_deserializer=None if method.name in _UNREAD else parser(GetMessageClass(method.input_type)),
        response_serializer=serialized,
    )
