"""Who may call what: every method with every token."""

from __future__ import annotations

import base64
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.safety.conftest import METHODS, TOKENS, call, details, refusal, serving, silence

OPENED_BY = {
    "EventService": "ingest",
    "DecisionService": "decide",
    "RuleService": "admin",
    "UserService": "admin",
    "AdminService": "admin",
}
LET_IN = {
    None,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.UNIMPLEMENTED,
}
"""How empty requests end that were let in."""


@pytest.fixture(scope="module")
def server(folder, token_file):
    with serving(folder, "--token-file", token_file) as found:
        yield found


@pytest.fixture(scope="module")
def channel(server):
    with server.channel() as found:
        yield found


def code(function, *arguments, **more):
    error = refusal(function, *arguments, **more)
    return None if error is None else error.code()


def attempt(channel, name, token):
    """How a call ends; a Watch, which would not end by itself, is over when nothing has come for a moment."""
    timeout = 0.2 if name.endswith(".Watch") else 10
    found = code(call, channel, name, token=token, timeout=timeout)
    return None if name.endswith(".Watch") and found is grpc.StatusCode.DEADLINE_EXCEEDED else found


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_opened_by_its_scope_and_by_admin(channel, name):
    scope = OPENED_BY[name.split(".")[-2]]
    for token in ("", "tok-unknown", TOKENS["decide"] + "x", TOKENS["decide"][:-1]):
        error = refusal(call, channel, name, token=token)
        assert error.code() is grpc.StatusCode.UNAUTHENTICATED
        assert details(error)["ErrorInfo"].reason == "UNAUTHENTICATED"
    for other in TOKENS.keys() - {scope, "admin"}:
        error = refusal(call, channel, name, token=TOKENS[other])
        assert error.code() is grpc.StatusCode.PERMISSION_DENIED
        assert error.details() == f"the token does not have the scope `{scope}`"
    for given in {scope, "admin"}:
        assert attempt(channel, name, TOKENS[given]) in LET_IN


def test_a_stream_is_refused_before_its_first_message(channel):
    with silence() as nothing:
        invoke = channel.stream_stream("/duly.v1.EventService/IngestStream")
        assert code(lambda: list(invoke(nothing, timeout=10))) is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("header", ["{}", "Basic {}", "Bearer", "Bearer {},", "Token {}", "Bearer x {}"])
def test_only_a_bearer_token_counts(channel, header):
    metadata = (("authorization", header.format(TOKENS["admin"])),)
    get = channel.unary_unary("/duly.v1.RuleService/GetRules")
    assert code(get, b"", metadata=metadata, timeout=5) is grpc.StatusCode.UNAUTHENTICATED


def test_reflection_takes_any_token(channel):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)

    def listed(*metadata):
        asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        return list(stub.ServerReflectionInfo(asked, metadata=metadata, timeout=10))

    assert code(listed) is grpc.StatusCode.UNAUTHENTICATED
    assert code(listed, ("authorization", "Bearer tok-unknown")) is grpc.StatusCode.UNAUTHENTICATED
    for token in TOKENS.values():
        assert listed(("authorization", f"Bearer {token}"))[0].list_services_response.service


def test_health_needs_no_token(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    assert stub.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
    watch = stub.Watch(health_pb2.HealthCheckRequest(service="duly.v1.DecisionService"))
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    watch.cancel()


def test_http_takes_events_with_the_scope_ingest(server):
    body = json.dumps({"batch": [{"type": "track", "event": "A", "userId": "una", "messageId": "m"}]}).encode()

    def post(token):
        headers = {"Authorization": "Basic " + base64.b64encode(f"{token}:".encode()).decode()} if token else {}
        try:
            return urlopen(Request(f"http://{server.http}/v1/batch", body, headers), timeout=10).status
        except HTTPError as error:
            with error:
                return error.code

    assert [post(TOKENS[scope]) for scope in ("ingest", "admin", "decide")] == [200, 200, 401]
    assert [post(""), post("tok-unknown")] == [401, 401]
