"""Keys, sizes, load and the end."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import socket
import subprocess
import sys
import threading

import pytest

from duly.engine.store import Conflict, StoreUnavailable
from duly.service.errors import Overloaded
from duly.service.http import threads
from duly.service.http.body import LARGEST
from duly.service.server import Server
from duly.service.settings import AddressInUse, Settings
from tests.http.conftest import RULES, Desk, track


def basic(key):
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "more", "status"),
    [
        (basic("in"), {}, 200),
        (basic("root"), {}, 200),
        ({"Authorization": "Bearer in"}, {}, 200),
        ({"Authorization": "bearer  in"}, {}, 200),
        ({}, {"writeKey": "in"}, 200),
        (basic(""), {"writeKey": "in"}, 200),
        ({}, {}, 401),
        ({}, {"writeKey": 7}, 401),
        ({}, {"writeKey": "wrong"}, 401),
        (basic("wrong"), {}, 401),
        (basic("wrong"), {"writeKey": "in"}, 401),
        (basic("ask"), {}, 401),
        ({"Authorization": "Basic !"}, {}, 401),
        ({"Authorization": "Bearer wrong"}, {}, 401),
    ],
)
def test_the_write_key_is_a_token_that_may_ingest(locked, headers, more, status):
    answer = locked.batch(track("keyed"), headers=headers, **more)
    assert answer.status == status
    if status == 401:
        assert answer.body["code"] == "UNAUTHENTICATED" and answer.body["message"]
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_single_message_carries_its_key(locked):
    assert locked.send("/v1/track", track("k", writeKey="in")).status == 200
    assert locked.send("/v1/track", track("k", writeKey="ask")).status == 401


def test_without_tokens_any_key_will_do(desk):
    for headers in (basic("whatever"), {"Authorization": "Bearer x"}, {}):
        assert desk.batch(track("any"), headers=headers).status == 200


# --- sizes ------------------------------------------------------------------------------------------------------------


def padded(bytes_):
    """A batch of so many bytes, of events that are each within the bound."""
    messages = [track(f"pad-{number}", properties={"a": "x" * 20_000}) for number in range(bytes_ // 21_000)]
    text = json.dumps({"batch": messages}).encode()
    return text + b" " * (bytes_ - len(text))


def test_a_batch_of_500_kb_is_taken_and_no_more(desk):
    assert desk.send("/v1/batch", padded(LARGEST)).status == 200
    answer = desk.send("/v1/batch", padded(LARGEST + 1))
    assert (answer.status, answer.body["code"]) == (413, "TOO_LARGE")


def test_a_large_batch_is_read_to_its_end_so_that_the_answer_arrives(desk):
    assert desk.send("/v1/batch", b" " * 8_000_000).status == 413


def test_gzip_is_unpacked_within_bounds(desk):
    packed = {"Content-Encoding": "gzip"}
    assert desk.send("/v1/batch", gzip.compress(padded(LARGEST)), packed).status == 200
    assert desk.send("/v1/batch", gzip.compress(b" " * 100_000_000), packed).status == 413
    assert desk.send("/v1/batch", gzip.compress(b" " * 400_000) * 2, packed).status == 413


def test_an_event_of_32_kb_is_taken_and_no_more(desk):
    def sized(message_id, bytes_):
        text = json.dumps(track(message_id, properties={"a": ""}))
        return text.replace('"a": ""', f'"a": "{"x" * (bytes_ - len(text))}"').encode()

    assert desk.send("/v1/track", sized("full", 32 * 1024)).status == 200
    assert desk.send("/v1/track", sized("over", 32 * 1024 + 1)).status == 413
    answer = desk.send("/v1/batch", b'{"batch": [%s, %s]}' % (sized("too", 33_000), sized("beside", 1000)))
    assert (answer.status, answer.body["code"]) == (413, "TOO_LARGE")
    assert (answer.body["accepted"], answer.body["errors"][0]["index"]) == (1, 0)
    assert desk.event("beside")


# --- load and failures ------------------------------------------------------------------------------------------------


def test_overload_sheds_and_says_when_to_come_back(desk, monkeypatch):
    def refuse():
        raise Overloaded("too much", 2.5)

    monkeypatch.setattr(desk.server._pool, "demand_room", refuse)
    answer = desk.batch(track("shed"))
    assert (answer.status, answer.headers["Retry-After"], answer.body["code"]) == (429, "3", "OVERLOADED")


def test_so_many_requests_at_a_time_and_no_more(monkeypatch):
    monkeypatch.setattr(threads, "MOST_REQUESTS", 1)
    desk = Desk()
    held, go = threading.Event(), threading.Event()
    ingest = desk.server._background._engine.ingest

    def hold(*arguments):
        held.set()
        go.wait(20)
        return ingest(*arguments)

    monkeypatch.setattr(desk.server._background._engine, "ingest", hold)
    first = threading.Thread(target=desk.batch, args=(track("first"),))
    first.start()
    try:
        assert held.wait(20)
        assert desk.batch(track("second")).status == 429
        assert desk.send("/healthz", b"", method="HEAD").status == 200
    finally:
        go.set()
        first.join()
        desk.stop()


@pytest.mark.parametrize(
    ("error", "status"), [(StoreUnavailable("gone"), 503), (Conflict(1), 503), (KeyError("una@example.com"), 500)]
)
def test_failures_are_ones_that_sdks_try_again(desk, monkeypatch, error, status):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(desk.server._background._engine, "ingest", fail)
    answer = desk.batch(track("failed"))
    assert answer.status == status
    assert set(answer.body) == {"success", "code", "message"}
    assert "una@example.com" not in json.dumps(answer.body)
    assert (answer.headers["Retry-After"] == "1") == (status == 503)


def test_the_log_tells_what_was_bad_and_nothing_of_whom(capsys):
    desk = Desk(log_level="info")
    desk.batch(track("fine"), headers={"X-Request-Id": "req-fine"})
    answer = desk.batch(track("m1", userId="una@example.com", event=""), headers={"X-Request-Id": "req-7"})
    desk.send("/v1/batch", b"una@example.com", {"Authorization": "Bearer s3cret"})
    desk.stop()
    assert answer.headers["X-Request-Id"] == "req-7"
    text = capsys.readouterr().err
    lines = [json.loads(line) for line in text.splitlines()]
    told = [line for line in lines if line.get("request_id") == "req-7"]
    assert [(line["method"], line["code"], line["rejected"]) for line in told] == [
        ("POST /v1/batch", 200, {"missing": 1})
    ]
    assert any(line["event"] == "refused" and line["code"] == 400 for line in lines)
    assert "una@example.com" not in text and "s3cret" not in text and "req-fine" not in text


# --- the face itself --------------------------------------------------------------------------------------------------


def test_other_methods_and_paths_are_refused(desk):
    for method, path, status in (("GET", "/v1/batch", 405), ("POST", "/healthz", 405), ("GET", "/v1/nothing", 404)):
        connection = http.client.HTTPConnection(desk.server.addresses.http, timeout=20)
        connection.request(method, path)
        assert connection.getresponse().status == status
        connection.close()


def test_a_client_that_goes_away_in_the_middle_harms_nobody(desk):
    host, port = desk.server.addresses.http.split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
    assert desk.batch(track("after")).status == 200


def test_a_request_under_way_is_answered_before_the_end(monkeypatch):
    desk = Desk()
    held = threading.Event()
    answers = []
    engine = desk.server._background._engine
    ingest = engine.ingest

    def hold(*arguments):
        held.set()
        while desk.server.ready():
            threading.Event().wait(0.01)
        return ingest(*arguments)

    monkeypatch.setattr(engine, "ingest", hold)
    client = threading.Thread(target=lambda: answers.append(desk.batch(track("last"))))
    client.start()
    assert held.wait(20)
    desk.stop()
    client.join(20)
    assert [answer.status for answer in answers] == [200]


def test_a_server_that_stops_takes_no_more(desk, monkeypatch):
    monkeypatch.setattr(desk.server._streams, "stopping", True)
    answer = desk.batch(track("too late"))
    assert (answer.status, answer.body["code"]) == (503, "STOPPING")


def test_a_port_in_use_is_named_for_ipv6_too():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        address = f"[::1]:{taken.getsockname()[1]}"
        told = Settings((("shop.duly", RULES),), store="memory:", grpc="127.0.0.1:0", http=address)
        with pytest.raises(AddressInUse, match=r"\[::1\]"):
            Server(told)


def test_ipv6_is_answered():
    desk = Desk(http="[::1]:0")
    assert desk.server.addresses.http.startswith("[::1]:")
    assert desk.batch(track("six")).status == 200
    desk.stop()


def test_without_http_nothing_of_it_is_loaded():
    program = f"""
import sys
from duly.service.server import Server
from duly.service.settings import Settings
Server(Settings((("shop.duly", {RULES!r}),), store="memory:", grpc="127.0.0.1:0", http=""))
print([name for name in ("starlette", "uvicorn", "anyio", "duly.service.http") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
