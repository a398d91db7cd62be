"""More than a server can do is refused at once, and does not pile up in it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import grpc
import pytest

from duly.client import Client
from duly.v1 import event_service_pb2
from tests.safety.conftest import SLOW, call, details, event, held, ingesting, refusal, serving

THREADS, STREAMS, QUEUE = 1, 1, 64
ROUNDS, AT_ONCE = 50, 100
WARM = 10
"""Rounds after which the memory for what is under way at once is there."""

KEPT = 80 * 2**20
"""
Bytes that a server may then grow by while 4,000 calls of 60 KB each come: kept, they would be 240 MB. The 6 MB that are
under way at once are freed into the arenas of several threads, so memory goes up and down by tens of megabytes.
"""

INGEST = "/duly.v1.EventService/Ingest"


@pytest.fixture
def server(tmp_path):
    """One whose threads and queue are few."""
    options = ("--threads", str(THREADS), "--streams", str(STREAMS), "--queue", str(QUEUE))
    with serving(tmp_path, *options, program=SLOW) as found:
        yield found


def test_overload_sheds_and_does_not_grow(server):
    with server.channel() as holding, server.channel() as channel, ThreadPoolExecutor(1) as beside:
        with held(holding, THREADS + STREAMS + QUEUE):
            server.waits(QUEUE)
            ingest = channel.unary_unary(INGEST)
            large = ingesting(event("large", note="x" * 30_000), event("more", note="x" * 30_000)).SerializeToString()
            memory = []
            for number in range(ROUNDS):
                flood = [ingest.future(large, timeout=30) for _ in range(AT_ONCE)]
                if number % WARM == 0:
                    assert holds_its_ground(server, channel)
                assert {each.code() for each in flood} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
                assert all("RetryInfo" in details(each.exception()) for each in flood)
                assert server.gauge("duly_calls_waiting") == QUEUE
                memory.append(server.resident())
            refused = details(flood[0].exception())
            assert refused["ErrorInfo"].reason == "OVERLOADED" and refused["RetryInfo"].retry_delay.seconds == 1
            assert "more calls waiting than it can answer" in flood[0].details()
            assert max(memory[WARM:]) - memory[WARM] < KEPT
            patient = beside.submit(tell_patiently, server)
        assert patient.result(30)[0].status == event_service_pb2.INGEST_STATUS_ACCEPTED
        call(channel, "duly.v1.RuleService.GetRules")


def holds_its_ground(server, channel):
    """What still works when everything is full: health, and telling HTTP clients to come back later."""
    health = channel.unary_unary("/grpc.health.v1.Health/Check")
    assert health(b"", timeout=10) == b"\x08\x01"
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"http://{server.http}/v1/track", b"{}"), timeout=10)
    with caught.value as error:
        return (error.code, error.headers["Retry-After"]) == (429, "1")


def tell_patiently(server):
    """What the library gets that comes again when it is told to."""
    with Client(server.grpc, timeout=25) as client:
        return client.ingest([event("patient")]).results


def test_when_refusing_becomes_too_much_as_well_clients_come_again(tmp_path):
    few = ("--threads", "1", "--streams", "1", "--queue", "1")
    slow = serving(tmp_path, *few, program=SLOW)
    with slow as server, server.channel() as holding, ThreadPoolExecutor(1) as beside:
        # Two of them have a thread, one waits, and two wait to be refused.
        with held(holding, 5) as calls:
            server.waits(1)
            with server.channel() as channel:
                while (error := refusal(call, channel, "duly.v1.RuleService.GetRules", timeout=1)) is None or (
                    error.details() != "Concurrent RPC limit exceeded!"
                ):
                    assert error.code() in {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.DEADLINE_EXCEEDED}
            patient = beside.submit(tell_patiently, server)
            assert not any(each.done() for each in calls)
        assert patient.result(30)[0].status == event_service_pb2.INGEST_STATUS_ACCEPTED


def test_streams_are_refused_as_well_when_all_is_full(server):
    with server.channel() as holding, server.channel() as channel:
        with held(holding, THREADS + STREAMS + QUEUE):
            server.waits(QUEUE)
            error = refusal(call, channel, "duly.v1.DecisionService.StreamDecide")
            assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert "RetryInfo" in details(error)
        server.waits(0)
        assert call(channel, "duly.v1.DecisionService.StreamDecide")


def test_clients_that_leave_give_their_places_back(server):
    with server.channel() as leaving, held(leaving, THREADS + STREAMS + QUEUE):
        server.waits(QUEUE)
    server.waits(0)
    with Client(server.grpc, timeout=20) as client:
        assert client.rules().version
