"""Neither tokens nor what is known about people reaches the log, and what nobody foresaw tells callers nothing."""

from __future__ import annotations

import base64
import json
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest

from duly.v1 import decision_service_pb2, event_pb2, rule_service_pb2, user_pb2, user_service_pb2
from tests.safety.conftest import METHODS, TOKENS, call, details, event, ingesting, refusal, serving
from tests.safety.web import fetch, trusting

PERSON, ADDRESS, SECRET = "una-9f3c", "una.bell@example.com", "prop-4417"
"""An id, an e-mail address and a value of a property; with the tokens they are what must not be found."""

FAULTY = (sys.executable, Path(__file__).with_name("faulty.py"))
GUESSED, BOUND = "tok-guessed-55Ka", "tok-bound-91Tw"


@pytest.fixture(scope="module", params=["plain", "tls"])
def spoken(request, tmp_path_factory, token_file, certificates):
    """All that a server wrote at level debug while it was called in every way, right and wrong."""
    folder = tmp_path_factory.mktemp("spoken")
    (folder / "acme.duly").write_text("rule bye when Left\n")
    (folder / "tokens").write_text(f"{token_file.read_text()}admin@acme {BOUND}\n")
    options = ["--log-level", "debug", "--token-file", folder / "tokens", "--tenant", f"acme={folder / 'acme.duly'}"]
    context = credentials = None
    if request.param == "tls":
        options += ["--tls-certificate", certificates / "server.pem", "--tls-key", certificates / "server.key"]
        options += ["--http", "0.0.0.0:0"]
        context = trusting(certificates)
        credentials = grpc.ssl_channel_credentials((certificates / "authority.pem").read_bytes())
    with serving(folder, *options) as server:
        with server.channel(credentials) as channel:
            for name in METHODS:
                for token in ("", GUESSED, BOUND, *TOKENS.values()):
                    for tenant in ("", SECRET):
                        wait = 0.2 if name.endswith("Watch") else 10
                        refusal(call, channel, name, token=token, timeout=wait, tenant=tenant)
            tell(channel)
            ask(channel)
        post(server.http.replace("0.0.0.0", "127.0.0.1"), context)
        assert server.terminate() == 0
        server.said += server.process.stdout.read()
        return server


def tell(channel):
    """Give a server what is personal, in every field that takes text."""
    for kind, name in ((event_pb2.EVENT_TYPE_IDENTIFY, ""), (event_pb2.EVENT_TYPE_TRACK, SECRET), (77, SECRET)):
        full = {
            "type": kind,
            "event": name,
            "user_id": PERSON,
            "anonymous_id": f"anonymous-{PERSON}",
            "properties_json": json.dumps({"product_id": SECRET, "email": ADDRESS}).encode(),
            "traits_json": json.dumps({"email": ADDRESS, SECRET: SECRET}).encode(),
            "context_json": json.dumps({"timezone": SECRET, "ip": SECRET}).encode(),
        }
        broken = full | {"properties_json": f'{{"email": "{ADDRESS}"'.encode()}
        batch = ingesting(
            *(event_pb2.Event(message_id=f"{SECRET}-{kind}-{n}", **x) for n, x in enumerate((full, broken)))
        )
        call(channel, "duly.v1.EventService.Ingest", batch, TOKENS["ingest"])
        call(channel, "duly.v1.EventService.IngestStream", token=TOKENS["ingest"], messages=[batch])
    user = {"user_id": PERSON}
    wishes = user_pb2.Preferences(zone=SECRET, muted_objects=[SECRET])
    users = "duly.v1.UserService."
    for request, name in (
        (user_service_pb2.SetPreferencesRequest(preferences=wishes, **user), "SetPreferences"),
        (user_service_pb2.GetUserRequest(**user), "GetUser"),
        (user_service_pb2.GetUserRequest(user_id=PERSON + "\n"), "GetUser"),
        (user_service_pb2.ExportUserRequest(page_token=SECRET, **user), "ExportUser"),
        (user_service_pb2.DeleteUserRequest(**user), "DeleteUser"),
    ):
        refusal(call, channel, users + name, request, TOKENS["admin"])


def ask(channel):
    """Ask a server about what is personal."""
    decisions, rules = "duly.v1.DecisionService.", "duly.v1.RuleService."
    asked = decision_service_pb2.DecideRequest(
        user_id=PERSON, rule=SECRET, event=event(SECRET, PERSON, SECRET, email=ADDRESS), request_id=SECRET
    )
    wrong = decision_service_pb2.DecideRequest(user_id=PERSON * 100, rule=SECRET, mode=9)
    questions = decision_service_pb2.BatchDecideRequest(requests=[asked, wrong])
    files = [rule_service_pb2.RuleFile(name=f"{SECRET}.duly", content=f"rule {SECRET} when {ADDRESS}".encode())]
    outcomes = [
        decision_service_pb2.Outcome(decision_id=SECRET, description=ADDRESS),
        decision_service_pb2.Outcome(decision_id="0" * 40, type=2, description=ADDRESS * 200),
    ]
    for request, name in (
        (asked, "Decide"),
        (wrong, "Decide"),
        (questions, "BatchDecide"),
        (questions, "StreamDecide"),
        (decision_service_pb2.WatchRequest(worker=SECRET, rules=[SECRET]), "Watch"),
        (decision_service_pb2.WatchRequest(worker=ADDRESS * 20), "Watch"),
        (decision_service_pb2.ReportRequest(outcomes=outcomes), "Report"),
        (decision_service_pb2.ListDecisionsRequest(user_id=PERSON, page_token=SECRET), "ListDecisions"),
        (decision_service_pb2.GetDecisionRequest(decision_id=SECRET), "GetDecision"),
    ):
        refusal(call, channel, decisions + name, request, TOKENS["decide"], timeout=0.3 if name == "Watch" else 10)
    for request, name in (
        (rule_service_pb2.CheckRulesRequest(files=files), "CheckRules"),
        (rule_service_pb2.PublishRulesRequest(files=files, etag=SECRET), "PublishRules"),
        (rule_service_pb2.GetRulesRequest(version=SECRET), "GetRules"),
    ):
        refusal(call, channel, rules + name, request, TOKENS["admin"])
    refusal(channel.unary_unary("/duly.v1.UserService/GetUser"), PERSON.encode(), timeout=5)
    refusal(channel.unary_unary(f"/duly.v1.UserService/{SECRET}"), b"", timeout=5)


def post(address, context):
    """The same over HTTP."""
    message = {
        "type": "track",
        "event": SECRET,
        "userId": PERSON,
        "messageId": SECRET,
        "properties": {"email": ADDRESS},
    }
    bodies = [
        json.dumps({"batch": [message, message | {"userId": [PERSON]}, SECRET]}).encode(),
        f'{{"batch": "{ADDRESS}'.encode(),
        json.dumps(message | {"writeKey": GUESSED}).encode(),
    ]
    start = f"http{'s' if context else ''}://{address}"
    for key in ("", GUESSED, BOUND, TOKENS["ingest"], TOKENS["decide"]):
        basic = {"Authorization": "Basic " + base64.b64encode(f"{key}:{SECRET}".encode()).decode()}
        named = {"duly-tenant": SECRET, **basic}
        for headers in (basic, named, {"Authorization": f"Bearer {key}"}, {"Content-Encoding": SECRET, **basic}):
            for path in ("/v1/batch", "/v1/track", f"/v1/{SECRET}", f"/v1/batch?email={ADDRESS}"):
                for body in bodies:
                    fetch(f"{start}{path}", body, headers, context)
            fetch(f"{start}/metrics", None, headers, context)
    for words in (
        f"GET /{SECRET}\r\n\r\n",
        f"POST /v1/batch HTTP/1.1\r\n{ADDRESS}: {TOKENS['admin']}\x00\r\n\r\n",
        PERSON,
    ):
        throw(address, context, words.encode())


def throw(address, context, words):
    """Write to a server what is no HTTP, over its TLS and beside it, and wait for it to hang up."""
    host, _, port = address.rpartition(":")
    for way in {context, None}:
        with ExitStack() as stack:
            connection = stack.enter_context(socket.create_connection((host, int(port)), 10))
            if way is not None:
                connection = stack.enter_context(way.wrap_socket(connection, server_hostname=host))
            connection.sendall(words + b"\r\n\r\n")
            connection.recv(4096)


def test_no_token_and_nothing_personal_is_in_any_line(spoken):
    text = spoken.errors.read_text() + spoken.said
    assert "started" in text and "gRPC" in text
    for secret in (PERSON, ADDRESS, SECRET, GUESSED, BOUND, *TOKENS.values(), "Bearer", "Basic"):
        assert secret not in text
        assert base64.b64encode(secret.encode()).decode().rstrip("=")[:-1] not in text


def test_every_call_left_one_line_of_json(spoken):
    lines = spoken.log()
    assert [line["event"] for line in lines[-2:]] == ["stopping", "stopped"]
    called = {line["method"].replace("/", ".") for line in lines if "method" in line}
    assert called >= METHODS.keys() | {"POST .v1.batch", "POST .v1.track"}
    assert not any(line["event"] == "failed" or line["level"] == "error" for line in lines)
    assert all({"code", "request_id", "milliseconds", "timestamp"} <= line.keys() for line in lines if "method" in line)


# --- what nobody foresaw ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """A server of which almost nothing works: each failure has a text that quotes what is personal."""
    with serving(tmp_path_factory.mktemp("faulty"), "--log-level", "debug", program=FAULTY) as server:
        yield server


def test_internal_errors_tell_callers_nothing_and_the_log_where_they_happened_and_not_with_whom(faulty):
    user, failed = {"user_id": PERSON}, set()
    requests = {
        "DecisionService.Decide": decision_service_pb2.DecideRequest(**user),
        "DecisionService.BatchDecide": decision_service_pb2.BatchDecideRequest(
            requests=[decision_service_pb2.DecideRequest(**user)]
        ),
        "DecisionService.StreamDecide": decision_service_pb2.BatchDecideRequest(
            requests=[decision_service_pb2.DecideRequest(**user)]
        ),
        "DecisionService.Watch": decision_service_pb2.WatchRequest(),
        "DecisionService.GetDecision": decision_service_pb2.GetDecisionRequest(decision_id="00" * 20),
        "EventService.Ingest": ingesting(event("m", PERSON)),
        "EventService.IngestStream": ingesting(event("m", PERSON)),
        "UserService.GetUser": user_service_pb2.GetUserRequest(**user),
        "UserService.SetPreferences": user_service_pb2.SetPreferencesRequest(
            preferences=user_pb2.Preferences(muted_objects=["boots"]), **user
        ),
    }
    with faulty.channel() as channel:
        for name, request in requests.items():
            error = refusal(call, channel, f"duly.v1.{name}", request)
            assert error.code() is grpc.StatusCode.INTERNAL, name
            assert error.details() == "an internal error; the server's log has the details"
            assert details(error)["ErrorInfo"].reason == "INTERNAL"
            assert PERSON not in str(error.trailing_metadata())
            failed.add(f"duly.v1.{name}".replace("Service.", "Service/"))
    body = json.dumps({"batch": [{"type": "track", "event": "A", "userId": PERSON, "messageId": "m"}]}).encode()
    status, text = fetch(f"http://{faulty.http}/v1/batch", body)
    assert status == 500 and PERSON not in text and "KeyError" not in text
    assert PERSON not in fetch(f"http://{faulty.http}/metrics")[1]
    assert failed | {"POST /v1/batch", "GET /metrics"} == {
        line["method"] for line in faulty.log() if line["event"] == "failed"
    }
    lines = faulty.log()
    assert PERSON not in faulty.errors.read_text()
    failures = [line for line in lines if line["event"] == "failed"]
    assert failures and all(line["error"] == "Fault" and "fail" in line["stack"][-1] for line in failures)
    assert {line["event"] for line in lines} >= {"started", "task_failed"}
