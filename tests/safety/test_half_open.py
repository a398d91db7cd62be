"""Calls that begin and do not go on: they hold no thread, and nobody else is kept waiting by them."""

from __future__ import annotations

from contextlib import ExitStack

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from duly.v1 import decision_service_pb2
from tests.safety.conftest import TOKENS, call, details, half, refusal, serving
from tests.safety.raw import raw
from tests.service.conftest import running

DECIDE = "duly.v1.DecisionService.Decide"
PATH = "/duly.v1.DecisionService/Decide"
WATCH = "/grpc.health.v1.Health/Watch"
FEW = ("--threads", "2", "--streams", "2", "--queue", "20")
ASKED = decision_service_pb2.DecideRequest(user_id="una")


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path, *FEW) as found:
        yield found


def settled(server, count):
    """Wait until so many messages are on their way."""
    while server.gauge("duly_calls_arriving") != count:
        assert server.process.poll() is None


def test_half_calls_hold_no_thread(server):
    with raw(server.grpc) as stranger, server.channel() as channel:
        stranger.begin(PATH, 3)
        settled(server, 3)
        for _ in range(20):
            assert call(channel, DECIDE, ASKED, timeout=10)[0].rules_version


@pytest.mark.parametrize("body", [b"", b"x" * 100], ids=["headers", "part"])
def test_more_half_calls_than_may_wait_keep_nobody_out(server, body):
    """The bound is 24 calls; strangers begin 200 and begin anew what is given up."""
    with ExitStack() as stack, server.channel() as channel:
        strangers = [stack.enter_context(raw(server.grpc)) for _ in range(4)]
        for stranger in strangers:
            stranger.begin(PATH, 50, declared=1000, body=body)
            stranger.seen()
        served = 0
        while served < 20:
            error = refusal(call, channel, DECIDE, ASKED, timeout=10)
            assert error is None or error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            served += error is None
            for stranger in strangers:
                stranger.begin(PATH, declared=1000, body=body)


def test_half_calls_without_a_token_are_refused_at_once(tmp_path, token_file):
    with serving(tmp_path, *FEW, "--token-file", token_file) as server, server.channel() as channel:
        with raw(server.grpc) as stranger:
            for _ in range(10):
                begun = stranger.begin(PATH, 50)
                assert call(channel, DECIDE, ASKED, token=TOKENS["decide"])
                assert server.gauge("duly_calls_arriving") == 0
                stranger.ended(begun)
        with half(channel, 3, PATH) as calls:
            assert {each.code() for each in calls} == {grpc.StatusCode.UNAUTHENTICATED}
        assert {line["reason"] for line in server.log() if line["event"] == "refused"} == {"UNAUTHENTICATED"}


def test_a_message_that_is_late_is_no_longer_waited_for():
    with running(patience=0.2) as server, half(server.channel, 2, PATH) as calls:
        assert {each.code() for each in calls} == {grpc.StatusCode.DEADLINE_EXCEEDED}
        assert details(calls[0].exception())["ErrorInfo"].reason == "MESSAGE_LATE"
        assert calls[0].details() == "the message of the call did not arrive within 0.2 seconds"


def test_a_call_without_a_message_is_refused(server):
    with server.channel() as channel:
        error = refusal(channel.stream_unary(PATH), iter(()), timeout=10)
        assert error.code() is grpc.StatusCode.UNIMPLEMENTED
        assert error.details() == "the method takes exactly one message"


def test_who_watches_health_and_takes_no_answer_keeps_nobody_from_one(server):
    with raw(server.grpc, window=0) as deaf, server.channel() as channel:
        watches = deaf.begin(WATCH, 2, declared=0)
        for stream in watches:
            deaf.send(b"\0\0\5\0\1" + stream.to_bytes(4, "big") + b"\0" * 5)
        deaf.seen()
        stub = health_pb2_grpc.HealthStub(channel)
        for _ in range(5):
            assert (
                stub.Check(health_pb2.HealthCheckRequest(), timeout=10).status == health_pb2.HealthCheckResponse.SERVING
            )
        assert call(channel, DECIDE, ASKED)
        deaf.ended(watches)
        assert next(stub.Watch(health_pb2.HealthCheckRequest(), timeout=10)).status


def test_half_watches_of_health_keep_nobody_from_an_answer(server):
    with raw(server.grpc) as stranger, server.channel() as channel:
        stranger.begin(WATCH, 10)
        stranger.seen()
        stub = health_pb2_grpc.HealthStub(channel)
        assert next(stub.Watch(health_pb2.HealthCheckRequest(), timeout=10)).status


def test_so_many_may_watch_health_and_no_more(server):
    stub = health_pb2_grpc.HealthStub
    with server.channel() as channel:
        watches = [stub(channel).Watch(health_pb2.HealthCheckRequest(service=name)) for name in ("", "unknown")]
        told = [next(watch).status for watch in watches]
        assert told == [health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.SERVICE_UNKNOWN]
        error = refusal(lambda: next(stub(channel).Watch(health_pb2.HealthCheckRequest())))
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        # They are counted apart from other streams, whose callers have tokens.
        assert call(channel, "duly.v1.DecisionService.StreamDecide")
        watches[0].cancel()
        while (error := refusal(lambda: next(stub(channel).Watch(health_pb2.HealthCheckRequest())))) is not None:
            assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
