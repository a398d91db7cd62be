"""HTTP with TLS: on all addresses of the machine, by unmodified SDKs, with certificates of clients, and kept quiet."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import grpc
import pytest

from tests.safety.conftest import TOKENS, call, event, ingesting, refusal, serving
from tests.safety.web import basic, bearer, fetch, track, trusting

SENDER = Path(__file__).parents[1] / "http" / "senders" / "python_sdk.py"
HEALTHCHECK = Path(__file__).parents[2] / "deploy" / "healthcheck.py"
EVERYWHERE = ("--http", "0.0.0.0:0")
METRICS = "tok-metrics-Ld82"
BROKEN = (URLError, ssl.SSLError, ConnectionError)
"""How connections end that were not wanted."""


def pair(certificates):
    return ("--tls-certificate", certificates / "server.pem", "--tls-key", certificates / "server.key")


def at_home(server):
    server.http = server.http.replace("0.0.0.0", "127.0.0.1")
    return server


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory, certificates, token_file):
    """A server that others can reach, with TLS and tokens."""
    folder = tmp_path_factory.mktemp("encrypted")
    tokens = folder / "tokens"
    tokens.write_text(f"{token_file.read_text()}metrics {METRICS}\n")
    options = (*pair(certificates), "--token-file", tokens, "--log-level", "debug", *EVERYWHERE)
    with serving(folder, *options) as server:
        yield at_home(server)


@pytest.fixture(scope="module")
def mutual(tmp_path_factory, certificates):
    """A server that others can reach whom its authority vouches for."""
    options = (*pair(certificates), "--tls-client-authority", certificates / "authority.pem", *EVERYWHERE)
    with serving(tmp_path_factory.mktemp("mutual"), *options) as server:
        yield at_home(server)


def test_events_are_taken_over_tls_with_a_token(encrypted, certificates):
    context = trusting(certificates)

    def post(key):
        url = f"https://{encrypted.http}/v1/batch"
        return fetch(url, {"batch": [track(f"m-{key}")]}, basic(key), context)[0]

    assert [post(TOKENS[scope]) for scope in ("ingest", "admin")] == [200, 200]
    assert [post(key) for key in (TOKENS["decide"], METRICS, "tok-unknown", "")] == [401] * 4


@pytest.mark.parametrize("sdk", ["segment", "rudder"])
def test_an_unmodified_sdk_sends_over_tls(encrypted, certificates, sdk):
    # What SDKs trust beside the authorities of the machine is told to `requests`, which they send with.
    trust = {**os.environ, "REQUESTS_CA_BUNDLE": str(certificates / "authority.pem")}
    command = [sys.executable, SENDER, sdk, f"https://{encrypted.http}", TOKENS["ingest"], "20"]
    done = subprocess.run(command, input="go\ngo\n", env=trust, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [{"refused": []}] * 2
    message = ingesting(*(event(f"{sdk}-{number}", f"user-{number % 3}") for number in range(20)))
    with encrypted.channel(credentials(certificates)) as channel:
        (answer,) = call(channel, "duly.v1.EventService.Ingest", message, TOKENS["ingest"])
    assert {result.status for result in answer.results} == {2}, "every one of them was there already"


def credentials(certificates):
    return grpc.ssl_channel_credentials((certificates / "authority.pem").read_bytes())


@pytest.mark.parametrize(("version", "ciphers"), [("TLSv1.2", ("GCM", "CHACHA20")), ("TLSv1.3", ("GCM", "CHACHA20"))])
def test_what_is_spoken_is_authenticated_encryption(encrypted, certificates, version, ciphers):
    context = trusting(certificates)
    context.maximum_version = ssl.TLSVersion[version.replace(".", "_")]
    with shaken(encrypted, context) as connection:
        assert connection.version() == version
        assert any(cipher in connection.cipher()[0] for cipher in ciphers)


def test_nothing_is_answered_in_clear(encrypted):
    with pytest.raises(BROKEN):
        fetch(f"http://{encrypted.http}/healthz")


@contextmanager
def shaken(server, context):
    """A connection to the HTTP of a server after the handshake."""
    host, _, port = server.http.rpartition(":")
    with (
        socket.create_connection((host, int(port)), 10) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        yield connection


def test_who_does_not_trust_the_authority_sends_nothing(encrypted, certificates):
    stranger = ssl.create_default_context(cafile=certificates / "stranger.pem")
    with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(f"https://{encrypted.http}/v1/batch", {"batch": []}, basic(TOKENS["ingest"]), stranger)


def test_off_loopback_the_numbers_take_a_token_and_the_probes_none(encrypted, certificates):
    def get(path, token=""):
        return fetch(f"https://{encrypted.http}{path}", None, bearer(token), trusting(certificates))

    assert [get("/healthz"), get("/readyz")] == [(200, "ok\n"), (200, "ready\n")]
    assert [get("/metrics", token)[0] for token in (METRICS, TOKENS["admin"])] == [200, 200]
    assert [get("/metrics", token)[0] for token in ("", "tok-unknown")] == [401, 401]
    assert [get("/metrics", TOKENS[scope])[0] for scope in ("ingest", "decide")] == [403, 403]
    assert "duly_rules 1" in get("/metrics", METRICS)[1]


# --- certificates of clients ------------------------------------------------------------------------------------------


def test_whom_the_authority_vouches_for_may_do_everything(mutual, certificates):
    context = trusting(certificates, "client")
    assert fetch(f"https://{mutual.http}/v1/batch", {"batch": [track("m1")]}, None, context)[0] == 200
    for path in ("/healthz", "/readyz", "/metrics"):
        assert fetch(f"https://{mutual.http}{path}", None, None, context)[0] == 200


@pytest.mark.parametrize("name", ["", "intruder"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/v1/batch"])
def test_without_such_a_certificate_nothing_answers(mutual, certificates, name, path):
    # With TLS 1.3 a client hears of it only when it reads.
    with pytest.raises(BROKEN):
        fetch(f"https://{mutual.http}{path}", None, None, trusting(certificates, name))


def test_on_loopback_http_may_do_without_tls(tmp_path, certificates):
    options = (*pair(certificates), "--tls-client-authority", certificates / "authority.pem")
    with serving(tmp_path, *options, "--http", "http://127.0.0.1:0") as server:
        assert fetch(f"http://{server.http}/readyz") == (200, "ready\n")
        with server.channel() as channel:
            assert (
                refusal(channel.unary_unary("/grpc.health.v1.Health/Check"), b"", timeout=5).code()
                is grpc.StatusCode.UNAVAILABLE
            )


@pytest.mark.parametrize("server", ["encrypted", "mutual"])
def test_the_check_of_the_image_asks_as_the_service_was_told_to_listen(request, certificates, server):
    address = request.getfixturevalue(server).http
    files = {"DULY_SERVER_CERTIFICATE": certificates / "server.pem", "DULY_SERVER_KEY": certificates / "server.key"}

    def check(listening, **told):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DULY_")}
        environment = clean | {"DULY_HTTP": listening, **{name: str(file) for name, file in told.items()}}
        return subprocess.run(
            [sys.executable, HEALTHCHECK], env=environment, capture_output=True, check=False
        ).returncode

    assert check(address, **files) == check(f"https://{address}", **files) == 0
    assert check(f"http://{address}", **files) == check(address) == 1


def test_the_stop_answers_what_is_under_way_and_does_not_wait_for_who_is_idle(tmp_path, certificates):
    # The grace is far longer than anybody waits here: an idle client that takes no leave must not use it up.
    options = (*pair(certificates), "--http", "https://127.0.0.1:0", "--grace", "600")
    body = json.dumps({"batch": [track("m1")]}).encode()
    head = f"POST /v1/batch HTTP/1.1\r\nHost: duly\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    context = trusting(certificates)
    with serving(tmp_path, *options) as server, shaken(server, context) as idle, shaken(server, context) as busy:
        assert ready(idle)
        busy.sendall(head + body[:10])
        # What came before on another connection has been read when this is answered.
        assert ready(idle)
        server.process.terminate()
        while idle.recv(4096):
            pass  # until it has been closed, which is after the signal
        busy.sendall(body[10:])
        assert busy.recv(4096).startswith(b"HTTP/1.1 200")
        assert server.process.wait(20) == 0


def ready(connection):
    """Whether a server says so on a connection, which stays open."""
    connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: duly\r\n\r\n")
    received = b""
    while not received.endswith(b"ready\n"):
        received += connection.recv(4096)
    return received.startswith(b"HTTP/1.1 200")


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tls-certificate", "server.pem", "--tls-key", "client.key"), "are not a certificate and its key"),
        (("--tls-certificate", "server.pem", "--tls-key", "nothing.key"), "No such file"),
        (("--tls-certificate", "server.pem"), "needs both --tls-certificate and --tls-key"),
    ],
)
def test_bad_files_end_it_with_one_line(told, tmp_path, certificates, options, message):
    (tmp_path / "rules.duly").write_text("")
    placed = [option if option.startswith("--") else certificates / option for option in options]
    where = ("--store", "memory:", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")
    error = told("serve", tmp_path / "rules.duly", *where, *placed)
    assert message in error and len(error.splitlines()) == 1


def test_what_is_no_tls_is_shown_out_without_a_word_in_the_log(encrypted, mutual, certificates):
    """Handshakes that fail, requests in clear and connections that break off leave lines of JSON only, if any."""
    host = "127.0.0.1"
    for server in (encrypted, mutual):
        port = int(server.http.rpartition(":")[2])
        for words in (b"", b"\x16\x03\x01\x02\x00\x01\x00", b"GET /?secret-91 HTTP/1.1\r\n\r\n", b"\x00" * 5000):
            with socket.create_connection((host, port), 10) as connection:
                connection.sendall(words)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass
    with shaken(encrypted, trusting(certificates)) as broken:
        broken.sendall(b"POST /v1/batch HTTP/1.1\r\nsecret-91\r\n\r\n")
        assert b"400" in broken.recv(4096)
    assert fetch(f"https://{encrypted.http}/healthz", None, None, trusting(certificates))[0] == 200
    for server in (encrypted, mutual):
        assert all(line["event"] in ("started", "called", "refused") for line in server.log())
        assert "secret-91" not in server.errors.read_text()
