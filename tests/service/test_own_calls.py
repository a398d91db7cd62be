"""Calls that begin and end without the library's own state: none is lost, kept for ever, or answered twice."""

from __future__ import annotations

from time import monotonic, sleep, time
from types import SimpleNamespace

import grpc
import pytest

from duly.service.ask import Ask
from duly.service.server import Server
from duly.service.settings import Settings
from duly.v1.decision_service_pb2 import BatchDecideRequest, BatchDecideResponse, DecideRequest, DecideResponse
from duly.v1.event_pb2 import Event
from duly.v1.event_service_pb2 import IngestRequest, IngestResponse
from tests.service.conftest import RULES

DECIDE = "/duly.v1.DecisionService/Decide"
BATCH_DECIDE = "/duly.v1.DecisionService/BatchDecide"
INGEST = "/duly.v1.EventService/Ingest"
QUESTION = DecideRequest(user_id="ada")
METHODS = pytest.mark.parametrize(
    ("path", "request_", "answer"),
    [
        (DECIDE, QUESTION, DecideResponse),
        (BATCH_DECIDE, BatchDecideRequest(requests=[QUESTION, QUESTION]), BatchDecideResponse),
        (INGEST, IngestRequest(events=[Event(message_id="e", user_id="ada", type=2, event="Order")]), IngestResponse),
    ],
    ids=("Decide", "BatchDecide", "Ingest"),
)


@pytest.fixture
def server():
    files = (("shop.duly", RULES.encode()),)
    running = Server(Settings(files, store="memory:", grpc="127.0.0.1:0", http="", log_level="error"))
    running.start()
    yield running
    running.stop()


def decide_on(channel):
    return method_on(channel, DECIDE, DecideResponse)


def method_on(channel, path, answer):
    """A method called with as many messages as one likes."""
    return channel.stream_unary(path, lambda request: request.SerializeToString(), answer.FromString)


def calls_in(server):
    """The calls that the library still counts."""
    return server._grpc._state.rpc_states


def until(holds, seconds=10.0):
    end = monotonic() + seconds
    while not holds():
        assert monotonic() < end
        sleep(0.01)


@METHODS
def test_calls_whose_clients_leave_before_their_message_are_forgotten(server, path, request_, answer):
    with grpc.insecure_channel(server.addresses.grpc) as channel:
        call_of = method_on(channel, path, answer)
        never = [call_of.future(silence()) for _ in range(20)]
        until(lambda: server._pool.arriving == 20)
        for call in never:
            call.cancel()
        until(lambda: not server._pool.arriving and not calls_in(server))
        assert call_of(iter([request_]), timeout=10).ByteSize()
        until(lambda: not calls_in(server))


def silence():
    sleep(30)
    yield DecideRequest()


def test_the_library_that_is_installed_is_one_that_is_known(server):
    """With another one calls are answered as well, but at twice the cost: that must not go unnoticed."""
    assert {f"/{method.name}" for method in server._own_calls._methods} == {DECIDE, BATCH_DECIDE, INGEST}


@METHODS
def test_a_call_without_a_message_is_told_so(server, path, request_, answer):
    with grpc.insecure_channel(server.addresses.grpc) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            method_on(channel, path, answer)(iter(()), timeout=10)
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
        until(lambda: not calls_in(server))


@METHODS
def test_calls_at_a_time_are_all_counted_and_all_end(server, path, request_, answer):
    with grpc.insecure_channel(server.addresses.grpc) as channel:
        asked = [method_on(channel, path, answer).future(iter([request_])) for _ in range(200)]
        assert all(call.result(timeout=10).ByteSize() for call in asked)
    until(lambda: not calls_in(server))


def test_there_is_an_end_to_how_many_calls_are_refused_one_by_one(server):
    """Whoever comes faster than they can be told why is told by gRPC itself, and takes no memory."""
    others = {object() for _ in range(10_000)}
    with grpc.insecure_channel(server.addresses.grpc) as channel:
        calls_in(server).update(others)
        with pytest.raises(grpc.RpcError) as caught:
            decide_on(channel)(iter([DecideRequest(user_id="ada")]), timeout=10)
        calls_in(server).difference_update(others)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert caught.value.details() == "Concurrent RPC limit exceeded!"
        assert decide_on(channel)(iter([DecideRequest(user_id="ada")]), timeout=10).rules_version
    until(lambda: not calls_in(server))


@METHODS
def test_a_message_that_is_none_is_refused(server, path, request_, answer):
    with grpc.insecure_channel(server.addresses.grpc) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary(path)(b"\xff\xff", timeout=10)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    until(lambda: not calls_in(server))


def test_a_call_that_waited_beyond_its_deadline_is_not_answered():
    """What it was granted nobody would hear of, and who asks again would be told that it is taken."""
    asking = SimpleNamespace(begin=lambda _ask: "whom")
    details = SimpleNamespace(deadline=time() - 1)
    event = SimpleNamespace(call=Silent(), call_details=details, invocation_metadata=())
    ask = Ask(asking, event, lambda _ask: None)
    ask.read(lambda _ask: None)
    event.call.answer(b"question")
    assert ask.begin(0.0) is None
    details.deadline = time() + 60
    assert ask.begin(0.0) == ("whom", b"question")


class Silent:
    """A call of the library's whose message comes when it is told."""

    def start_server_batch(self, _operations, received):
        self.received = received

    def answer(self, message):
        self.received(SimpleNamespace(batch_operations=[SimpleNamespace(message=lambda: message)]))
