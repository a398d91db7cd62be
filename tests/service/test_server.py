"""Starting, stopping, and everything around the calls."""

from __future__ import annotations

import json
import socket
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from duly.service.server import Server
from duly.service.settings import AddressInUse, BadAddress, Settings, StartRefused, Tls
from duly.v1 import decision_service_pb2, event_service_pb2, rule_service_pb2
from tests.service.conftest import RULES, running, track
from tests.stores.former import to_layout_1

FILES = (("shop.duly", RULES.encode()),)


def settings(**more):
    return Settings(**({"files": FILES, "store": "memory:", "grpc": "127.0.0.1:0", "http": ""} | more))


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(AddressInUse, match=address):
            Server(settings(grpc=address))
        with pytest.raises(AddressInUse, match=address):
            Server(settings(http=address))


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:99999", ":1", "127.0.0.1:x"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(BadAddress):
        Server(settings(grpc=address))


def test_others_are_served_only_safely(tmp_path):
    with pytest.raises(StartRefused, match="TLS"):
        Server(settings(grpc="0.0.0.0:0"))
    with pytest.raises(StartRefused, match="TLS"):
        Server(settings(grpc="0.0.0.0:0", tokens={"secret": frozenset()}))
    with pytest.raises(StartRefused, match="cannot read"):
        Server(settings(tls=Tls(tmp_path / "cert", tmp_path / "key")))


def test_the_stop_lets_calls_finish_and_tells_streams(tmp_path):
    store = str(tmp_path / "data")
    with running(store=store) as server:
        watch = server.decisions.Watch(decision_service_pb2.WatchRequest())
        silent = server.events.IngestStream(
            iter_forever(event_service_pb2.IngestRequest(events=[track("A", "1", "u")]))
        )
        assert next(silent).results[0].status == 1
        health = health_pb2_grpc.HealthStub(server.channel)
        assert health.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
        statuses = health.Watch(health_pb2.HealthCheckRequest(service="duly.v1.EventService"))
        assert next(statuses).status == health_pb2.HealthCheckResponse.SERVING
        start = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - start < 5
        assert list(watch) == []
        with pytest.raises(grpc.RpcError) as caught:
            next(silent)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    with running(store=store) as server:
        assert server.ingest(track("A", "1", "u"))[0].status == 2


def iter_forever(message):
    """One message, then silence until the stream ends."""
    import threading

    yield message
    threading.Event().wait(20)


def test_no_more_streams_than_allowed():
    with running(streams=1) as server:
        first = server.decisions.StreamDecide(endless())
        next(first)
        with pytest.raises(grpc.RpcError) as caught:
            next(server.decisions.Watch(decision_service_pb2.WatchRequest()))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        retry = error_details_pb2.RetryInfo()
        assert any(packed.Unpack(retry) for packed in rpc_status.from_call(caught.value).details)
        assert retry.retry_delay.seconds > 0
        first.cancel()


def test_a_client_that_goes_away_frees_its_place():
    with running(streams=1) as server:
        for number in range(3):
            server.ingest(track("Product Added to Wishlist", f"save-{number}", f"u{number}", product_id=number))
            server.ingest(track("Product Sale", f"sale-{number}", product_id=number))
            watch, notification = first_delivery(server)
            assert notification.decision.user_id == f"u{number}"
            watch.cancel()


def first_delivery(server):
    """What a Watch delivers once it is let in: the server may not have noticed yet that the one before is gone."""
    while True:
        watch = server.decisions.Watch(decision_service_pb2.WatchRequest())
        try:
            return watch, next(watch)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise


def endless():
    while True:
        yield decision_service_pb2.BatchDecideRequest()


def test_tokens_open_what_their_scopes_say():
    tokens = {"in": ["ingest"], "root": ["admin"]}
    with running(tokens=tokens) as server:
        ingest = lambda *more: server.events.Ingest(event_service_pb2.IngestRequest(), metadata=more)  # noqa: E731
        rules = lambda *more: server.rules.GetRules(rule_service_pb2.GetRulesRequest(), metadata=more)  # noqa: E731
        assert code(ingest) is grpc.StatusCode.UNAUTHENTICATED
        assert code(ingest, ("authorization", "Bearer wrong")) is grpc.StatusCode.UNAUTHENTICATED
        assert code(rules, ("authorization", "Bearer in")) is grpc.StatusCode.PERMISSION_DENIED
        assert code(ingest, ("authorization", "bearer in")) is None
        assert code(ingest, ("authorization", "Bearer root")) is None
        assert code(rules, ("authorization", "Bearer root")) is None


def code(call, *metadata):
    try:
        call(*metadata)
    except grpc.RpcError as error:
        return error.code()


def test_reflection_lists_the_services(server):
    stub = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    listed = next(stub.ServerReflectionInfo(asked)).list_services_response.service
    assert {"duly.v1.DecisionService", "duly.v1.EventService", "grpc.health.v1.Health"} <= {s.name for s in listed}


def test_http_says_that_it_lives_and_counts(server):
    server.ingest(track("A", "counted", "una"))
    assert urlopen(f"http://{server.http}/healthz").read() == b"ok\n"
    assert urlopen(f"http://{server.http}/readyz").read() == b"ready\n"
    text = urlopen(f"http://{server.http}/metrics").read().decode()
    assert 'duly_events_total{result="accepted"}' in text
    with pytest.raises(HTTPError) as caught:
        urlopen(f"http://{server.http}/nothing")
    with caught.value as error:
        assert error.code == 404


def test_unforeseen_errors_leak_nothing(capsys):
    server = Server(settings())
    server.start()
    try:
        with grpc.insecure_channel(server.addresses.grpc) as channel:
            server._store.close()
            server._store.read = None
            call = channel.unary_unary("/duly.v1.DecisionService/Decide")
            with pytest.raises(grpc.RpcError) as caught:
                call(decision_service_pb2.DecideRequest(user_id="secretary").SerializeToString())
    finally:
        server.stop()
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "NoneType" not in caught.value.details()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert any(line["event"] == "failed" and line["error"] == "TypeError" for line in lines)
    assert "secretary" not in json.dumps(lines)


def test_an_earlier_versions_store_is_brought_to_the_layout_of_this_one_with_one_line(capsys, tmp_path):
    def served():
        server = Server(settings(store=str(tmp_path / "data")))
        server.start()
        server.stop()

    served()
    to_layout_1(tmp_path / "data")
    served()
    served()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line["event"] == "upgraded"]
    assert (line["tenant"], line["layout"], line["decisions"]) == ("default", 1, 0)
