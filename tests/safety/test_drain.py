"""SIGTERM while everybody is at work: nobody is cut off, and nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import socket
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event, Thread
from urllib.error import URLError
from urllib.request import Request, urlopen

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from duly.v1 import decision_service_pb2, event_service_pb2
from tests.safety.conftest import SLOW, event, held, ingesting, serving

STUCK = (sys.executable, Path(__file__).with_name("stuck.py"))

ACCEPTED, DUPLICATE = event_service_pb2.INGEST_STATUS_ACCEPTED, event_service_pb2.INGEST_STATUS_DUPLICATE
ENOUGH = 300
"""Acknowledgements before the signal comes."""


def user_of(message_id):
    return f"user-{message_id.rpartition('-')[2]}"


def ingest_on(channel):
    return channel.unary_unary(
        "/duly.v1.EventService/Ingest",
        request_serializer=event_service_pb2.IngestRequest.SerializeToString,
        response_deserializer=event_service_pb2.IngestResponse.FromString,
    )


class Load:
    """Threads that send events until they are refused, and note what was acknowledged and how it ended."""

    def __init__(self, server):
        self._server = server
        self.acknowledged, self.ends = [], []
        self.enough = Event()
        kinds = {"call": self._calls, "stream": self._stream, "http": self._http}
        self._threads = [
            Thread(target=self._until_refused, args=(kind, f"{name}{number}"))
            for name, kind in kinds.items()
            for number in range(2)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        assert self.enough.wait(30)
        return self

    def __exit__(self, *_):
        for thread in self._threads:
            thread.join(30)

    def _until_refused(self, kind, name):
        with self._server.channel() as channel:
            try:
                kind(channel, name)
            except grpc.RpcError as error:
                self.ends.append(error.code().name)
            except (URLError, ConnectionError):
                self.ends.append("CLOSED")

    def _note(self, message_id):
        self.acknowledged.append(message_id)
        if len(self.acknowledged) == ENOUGH:
            self.enough.set()

    def _calls(self, channel, name):
        ingest = ingest_on(channel)
        for number in count():
            (result,) = ingest(ingesting(event(f"{name}-{number}", f"user-{number}")), timeout=20).results
            assert result.status == ACCEPTED
            self._note(result.message_id)

    def _stream(self, channel, name):
        stream = channel.stream_stream(
            "/duly.v1.EventService/IngestStream",
            request_serializer=event_service_pb2.IngestRequest.SerializeToString,
            response_deserializer=event_service_pb2.IngestResponse.FromString,
        )
        batches = (ingesting(event(f"{name}-{number}", f"user-{number}")) for number in count())
        for response in stream(batches, timeout=30):
            self._note(response.results[0].message_id)

    def _http(self, _channel, name):
        for number in count():
            message = {"type": "track", "event": "Product Viewed", "userId": f"user-{number}"}
            body = json.dumps(message | {"messageId": f"{name}-{number}"}).encode()
            with urlopen(Request(f"http://{self._server.http}/v1/track", body), timeout=20) as response:
                if json.load(response)["accepted"]:
                    self._note(f"{name}-{number}")


def updates(stream):
    """What a stream tells until the server ends it."""
    with suppress(grpc.RpcError):
        yield from stream


def test_the_signal_under_load_loses_nothing_and_cuts_nobody_off(tmp_path):
    store = tmp_path / "data"
    with serving(tmp_path, "--grace", "600", store=store) as server, server.channel() as channel:
        health = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        watch = channel.unary_stream("/duly.v1.DecisionService/Watch")(b"")
        assert next(health).status == health_pb2.HealthCheckResponse.SERVING
        with Load(server) as load:
            assert server.terminate() == 0
        assert [update.status for update in updates(health)] == [health_pb2.HealthCheckResponse.NOT_SERVING]
        assert list(watch) == []
        assert set(load.ends) <= {"UNAVAILABLE", "CLOSED"} and len(load.ends) == 6
        assert not any(line["level"] == "error" for line in server.log())
    with serving(tmp_path, store=store) as server, server.channel() as channel:
        ingest = ingest_on(channel)
        again = ingest(ingesting(*(event(message_id, user_of(message_id)) for message_id in load.acknowledged)))
        assert {result.status for result in again.results} == {DUPLICATE}
        assert server.terminate() == 0


def test_a_call_that_has_begun_is_answered(tmp_path):
    told = Event()

    def slow():
        told.wait(30)
        yield decision_service_pb2.DecideRequest(user_id="una").SerializeToString()

    with serving(tmp_path, "--grace", "20") as server, server.channel() as channel:
        begun = channel.stream_unary("/duly.v1.DecisionService/Decide").future(slow(), timeout=30)
        wait_until_begun(channel)
        server.process.terminate()
        wait_until_stopping(server)
        told.set()
        assert decision_service_pb2.DecideResponse.FromString(begun.result(20)).rules_version
        assert server.process.wait(20) == 0


def test_a_call_that_never_ends_does_not_hold_up_the_stop(tmp_path):
    with (
        serving(tmp_path, "--grace", "1", program=SLOW) as server,
        server.channel() as channel,
        held(channel, 2) as calls,
    ):
        wait_until_begun(channel)
        host, _, port = server.http.rpartition(":")
        with socket.create_connection((host, int(port))) as half:
            half.sendall(b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            server.gauge("duly_streams")
            assert server.terminate() == 0
        assert {each.code() for each in calls} == {grpc.StatusCode.UNAVAILABLE}


def test_who_signals_twice_does_not_wait(tmp_path):
    with serving(tmp_path, "--grace", "600", program=SLOW) as server, server.channel() as channel, held(channel, 1):
        wait_until_begun(channel)
        server.process.terminate()
        wait_until_stopping(server)
        assert server.terminate() < 0


def wait_until_begun(channel):
    """Until the server has all that was sent on this connection before."""
    channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=10)
    channel.unary_unary("/duly.v1.RuleService/GetRules")(b"", timeout=10)


def wait_until_stopping(server):
    while "stopping" not in [line["event"] for line in server.log()]:
        pytest.fail("gone") if server.process.poll() is not None else time.sleep(0.01)


def test_it_ends_though_something_in_the_background_hangs(tmp_path):
    with serving(tmp_path, "--grace", "1", program=STUCK) as server:
        assert server.terminate() == 0
        assert server.log()[-1]["event"] == "stopped"
