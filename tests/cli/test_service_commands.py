"""The commands that run a service or talk to one, as processes and over gRPC, the way people use them."""

import gzip
import json
import re
import signal
import socket
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

from duly.client import Client, identify, track
from duly.service.server import Server
from duly.service.settings import Settings
from duly.v1 import event_service_pb2
from tests.cli.conftest import BROKEN

NOW = datetime.now(UTC)
RULE = 'rule sale when Product Sale where user saved product, max 1/day, send "{name} is on sale" link "shop://{product_id}"\n'


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.fixture
def serve(process, tmp_path):
    """Starts a service on a file of rules, and gives its process and address once it answers."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "sale.duly").write_text(RULE)

    def start(*options, address="127.0.0.1:0", **others):
        server = process("serve", "rules", "--grpc", address, "--http", "off", *options, **others)
        told = []
        for line in server.stdout:
            told.append(line)
            if line.startswith("  gRPC"):
                return server, line.split()[1], "".join(told)
        pytest.fail(server.stderr.read())

    return start


@pytest.fixture
def address(serve):
    return serve("--store", "memory:")[1]


@pytest.fixture(scope="module")
def empty():
    """The address of a service that no test tells anything."""
    server = Server(
        Settings((("sale.duly", RULE.encode()),), store="memory:", grpc="127.0.0.1:0", http="", log_level="error")
    )
    server.start()
    yield server.addresses.grpc
    server.stop()


def write(path, *events):
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    return path


def line(number, **others):
    return {
        "type": "track",
        "event": "Product Added to Wishlist",
        "userId": f"u{number}",
        "messageId": f"m{number}",
        "timestamp": NOW.isoformat(),
        "properties": {"product_id": "boots"},
    } | others


SALE = {"event": "Product Sale", "properties": {"product_id": "boots", "name": "Boots"}}

# --- serve ------------------------------------------------------------------------------------------------------------


def test_serve_tells_where_it_listens_and_what_it_serves(serve):
    server, address, told = serve("--data", "state")
    assert "version 1-" in told and "rules" in told and "tzdata" in told and "state" in told
    with Client(address) as client:
        assert client.rules().files[0].name == "sale.duly"
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) == 0


@pytest.mark.parametrize("wanted", ["", "off"])
def test_serve_tells_whether_the_compiled_core_is_in_use(serve, wanted):
    server, _, told = serve(env={"DULY_NATIVE": wanted})
    server.send_signal(signal.SIGTERM)
    _, errors = server.communicate(timeout=30)
    (started,) = [line for line in map(json.loads, errors.splitlines()) if line["event"] == "started"]
    assert started["native"] is (find_spec("duly._native") is not None and wanted != "off")
    assert ("no compiled core" in told) is not started["native"]


def test_serve_refuses_rules_with_errors(duly, tmp_path):
    (tmp_path / "bad.duly").write_text(BROKEN)
    outcome = duly("serve", "bad.duly")
    assert (outcome.code, outcome.out) == (2, "")
    assert "bad.duly:1:30: error: there is no relation `savd`" in outcome.err
    assert not (tmp_path / ".duly").exists()


def test_a_port_in_use_is_one_clear_line(process, serve, sentence):
    _, address, _ = serve("--store", "memory:")
    second = process("serve", sentence, "--grpc", address, "--http", "off", "--store", "memory:")
    _, err = second.communicate(timeout=60)
    assert second.returncode == 2
    assert err.startswith("duly: ") and address in err and err.count("\n") == 1


def test_a_data_folder_in_use_is_one_clear_line(process, serve, sentence):
    serve("--data", "state")
    second = process("serve", sentence, "--grpc", "127.0.0.1:0", "--http", "off", "--data", "state")
    _, err = second.communicate(timeout=60)
    assert second.returncode == 2
    assert err == "duly: the data folder `state` is in use by another process\n"


def test_an_address_for_everybody_needs_safety(duly, sentence):
    outcome = duly("serve", sentence, "--grpc", "0.0.0.0:0", "--http", "off")
    assert outcome.code == 2
    assert "0.0.0.0:0" in outcome.err and "insecure" in outcome.err


def test_tokens_are_asked_for_and_a_bad_line_of_them_is_not_shown(serve, duly, tmp_path):
    (tmp_path / "tokens").write_text("# scopes and token\ndecide reader-token\nadmin root-token\n")
    _, address, _ = serve("--store", "memory:", "--token-file", "tokens")
    assert "UNAUTHENTICATED" in duly("decide", "ada", "--to", address).err
    assert duly("decide", "ada", "--to", address, "--token", "reader-token").code == 0
    assert "PERMISSION_DENIED" in duly("publish", "rules", "--to", address, "--token", "reader-token").err
    (tmp_path / "tokens").write_text("everything hidden-token\n")
    outcome = duly("serve", "rules", "--token-file", "tokens")
    assert outcome.code == 2
    assert "tokens:1" in outcome.err and "hidden" not in outcome.err


# --- ingest -----------------------------------------------------------------------------------------------------------


def test_ingest_counts_what_became_of_every_line(duly, address, tmp_path):
    file = write(tmp_path / "events.ndjson", line(1), line(2), line(1), line(3, messageId=None))
    file.write_text(file.read_text() + "oops\n")
    outcome = duly("ingest", file, "--to", address)
    assert outcome.code == 1
    assert "4 events in " in outcome.out
    assert ": 2 accepted, 1 duplicate, 1 rejected\n1 line could not be read as an event\n" in outcome.out
    assert f"{file}:4: " in outcome.out and "[missing]" in outcome.out
    assert f"{file}:5: the line is not JSON: " in outcome.out


def test_ingest_twice_takes_nothing_twice(duly, address, tmp_path):
    packed = tmp_path / "events.ndjson.gz"
    packed.write_bytes(gzip.compress("".join(f"{json.dumps(line(number))}\n" for number in range(700)).encode()))
    first = json.loads(duly("ingest", packed, "--to", address, "--batch", "100", "--json").out)
    again = json.loads(duly("ingest", "-", "--to", address, "--json", stdin=packed.read_bytes()).out)
    assert (first["accepted"], first["duplicate"]) == (700, 0)
    assert (again["accepted"], again["duplicate"]) == (0, 700)


def test_a_cut_file_is_ingested_up_to_the_cut(duly, address, tmp_path):
    text = "".join(f"{json.dumps(line(number))}\n" for number in range(5_000)).encode()
    (tmp_path / "cut.gz").write_bytes(gzip.compress(text)[:-5_000])
    outcome = duly("ingest", "cut.gz", "--to", address, "--json")
    assert outcome.code == 2
    counts = json.loads(outcome.out)
    assert counts["unread"] == counts["rejected"] == 0
    assert "cut.gz: it is cut off after " in outcome.err
    assert f"line {counts['accepted'] + 1} is incomplete" in outcome.err


def test_history_is_loaded_without_deciding(duly, address, tmp_path):
    write(tmp_path / "wish.ndjson", line(1))
    write(tmp_path / "sale.ndjson", {"type": "track", "messageId": "s", "timestamp": NOW.isoformat(), **SALE})
    assert duly("ingest", "wish.ndjson", "sale.ndjson", "--history", "--to", address).code == 0
    with Client(address) as client:
        assert [each.count for each in client.user("u1").user.relation_counts] == [1]
        assert not client.user("u1").user.pending


@pytest.mark.parametrize("command", [["ingest", "events.ndjson"], ["decide", "ada"], ["publish", "events.duly"]])
def test_a_service_that_is_away_is_one_clear_message(duly, tmp_path, command):
    write(tmp_path / "events.ndjson", line(1))
    (tmp_path / "events.duly").write_text(RULE)
    address = f"127.0.0.1:{free_port()}"
    outcome = duly(*command, "--to", address)
    assert outcome.code == 2
    assert outcome.err == (
        f"duly: no answer from {address}: connection refused\n  is `duly serve` running, and listening on {address}?\n"
    )


def test_a_killed_service_loses_nothing_that_it_acknowledged(serve):
    address = f"127.0.0.1:{free_port()}"
    server, _, _ = serve("--data", "state", address=address)
    batches = (
        event_service_pb2.IngestRequest(events=[_wish(number) for number in range(start, start + 50)])
        for start in range(0, 2_000, 50)
    )
    statuses = []
    with Client(address) as client:
        for number, response in enumerate(client.ingest_stream(batches, window=4)):
            statuses += [result.status for result in response.results]
            if number == 3:
                server.kill()
                server.wait()
                serve("--data", "state", address=address)
        assert len(statuses) == 2_000
        assert event_service_pb2.INGEST_STATUS_REJECTED not in statuses
        again = client.ingest([_wish(number) for number in range(0, 2_000, 20)])
        assert {result.status for result in again.results} == {event_service_pb2.INGEST_STATUS_DUPLICATE}


def _wish(number):
    return track(
        "Product Added to Wishlist",
        user_id=f"u{number}",
        properties={"product_id": "boots"},
        message_id=f"m{number}",
        time=NOW,
    )


# --- decide and watch -------------------------------------------------------------------------------------------------


def test_decide_shows_the_verdict_and_every_gate(duly, address):
    with Client(address) as client:
        client.ingest(
            [
                identify("ada", traits={"timezone": "America/New_York"}),
                track("Product Added to Wishlist", user_id="ada", properties={"product_id": "boots"}),
            ]
        )
    event = json.dumps({"messageId": "s1", **SALE})
    outcome = duly("decide", "ada", "--event", event, "--to", address)
    assert outcome.code == 0
    assert outcome.out.startswith("NOTIFY sale\n")
    assert [row.split()[1] for row in outcome.out.splitlines() if row.strip()[0] in "✓✗·-"] == [
        "match",
        "duplicate",
        "holdout",
        "consent",
        "cancelled",
        "expiry",
        "time",
        "caps",
        "competition",
    ]
    assert "Boots is on sale · shop://boots" in outcome.out
    assert "\x1b" not in outcome.out
    capped = duly("decide", "ada", "--event", json.dumps({"messageId": "s2", **SALE}), "--to", address)
    assert capped.out.startswith("SUPPRESS sale: capped\n")
    assert "✗ caps" in capped.out
    assert " 00:00 in America/New_York (" in capped.out


def test_decide_answers_in_json(duly, empty):
    outcome = duly("decide", "ada", "--event", json.dumps(SALE), "--mode", "peek", "--explain", "--json", "--to", empty)
    (decision,) = json.loads(outcome.out)["decisions"]
    assert (decision["verdict"], decision["reason"]) == ("VERDICT_SUPPRESS", "no-match")


def test_decide_with_nothing_to_say_says_so(duly, empty):
    outcome = duly("decide", "nobody", "--anonymous", "--to", empty)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("nothing to notify of")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--event", "{"], "--event is not an event"),
        (["--event", '{"evnt": "Sale"}'], "unknown field `evnt`"),
        (["--event", "@missing.json"], "cannot read missing.json: no such file"),
        (["--time", "tomorrow"], "`tomorrow` is not a time like"),
        (["--time", "2026-01-01T00:00"], "has no zone"),
        (["--time", "2026-01-01T00:00Z"], "answered INVALID_ARGUMENT"),
        (["--rule", "missing"], "no published rule is called `missing`"),
    ],
)
def test_a_bad_question_is_refused_clearly(duly, empty, options, message):
    outcome = duly("decide", "ada", *options, "--to", empty)
    assert outcome.code == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_watch_prints_what_becomes_due_and_reports_it(duly, process, address):
    watch = process("watch", "--max", 2, "--report", "sent", "--json", "--to", address)
    with Client(address) as client:
        client.ingest([_wish(1), _wish(2), track("Product Sale", properties={"product_id": "boots", "name": "Boots"})])
        out, err = watch.communicate(timeout=60)
        assert (watch.returncode, err) == (0, "")
        found = [json.loads(row) for row in out.splitlines()]
        assert {row["decision"]["user_id"] for row in found} == {"u1", "u2"}
        for row in found:
            (told,) = client.decision(row["decision"]["decision_id"]).outcomes
            assert told.type == 1


def test_watch_ends_quietly_when_interrupted(process, address):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        watch = process("watch", "--to", address)
        with Client(address) as client:
            client.ingest([_wish(1), track("Product Sale", properties={"product_id": "boots", "name": "Boots"})])
        line = watch.stdout.readline()
        assert line.startswith("NOTIFY sale  to u1  Boots is on sale · shop://boots  [")
        watch.send_signal(signal.SIGINT)
        assert watch.wait(timeout=30) == 130
        assert "Traceback" not in watch.stderr.read()
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_reservation_is_reported_and_a_failure_gives_the_slot_back(duly, address):
    with Client(address) as client:
        client.ingest([_wish(1)])

    def decide(message_id):
        asked = ("decide", "u1", "--event", json.dumps({"messageId": message_id, **SALE}), "--mode", "reserve")
        return json.loads(duly(*asked, "--lease", 3600, "--json", "--to", address).out)["decisions"][0]

    first = decide("s1")
    assert first["lease_expire_time"] > first["create_time"]
    assert decide("s2")["reason"] == "capped"
    said = duly("report", first["decision_id"], "failed", "--description", "no\x1b token", "--to", address)
    assert (said.code, said.out) == (0, "failed is recorded\n")
    assert duly("report", first["decision_id"], "failed", "--to", address).out == "failed had been reported before\n"
    assert decide("s3")["verdict"] == "VERDICT_NOTIFY"
    explained = duly("explain", first["decision_id"], "--to", address).out
    assert re.search(r"reported   failed at .*: no<U\+001B> token$", explained, re.MULTILINE)
    masked = duly("explain", first["decision_id"], "--sensitive", "email", "--to", address).out
    assert "token" not in masked


def test_a_report_of_nothing_is_refused(duly, address):
    unknown = duly("report", "0" * 40, "sent", "--to", address)
    assert (unknown.code, unknown.out) == (
        1,
        "refused: no decision has this id; send the decision_id of a notification [unknown]\n",
    )
    assert json.loads(duly("report", "x", "sent", "--json", "--to", address).out)["reason"] == "malformed"
    assert duly("report", "0" * 40, "lost", "--to", address).code == 2


# --- publish ----------------------------------------------------------------------------------------------------------


def test_publish_tells_what_changes_and_minds_the_etag(duly, address, tmp_path):
    (tmp_path / "rules" / "more.duly").write_text("rule added when Order Completed, max 1/day\n")
    checked = duly("publish", "rules", "--check-only", "--to", address)
    assert checked.code == 0
    assert "+ added" in checked.out and "not published" in checked.out
    published = json.loads(duly("publish", "rules", "--json", "--to", address).out)
    assert published["version"].startswith("2-")
    with Client(address) as client:
        assert [file.name for file in client.rules().files] == ["more.duly", "sale.duly"]
    stale = duly("publish", "rules", "--etag", "0123", "--to", address)
    assert stale.code == 2
    assert "ABORTED" in stale.err


def test_publish_shows_the_diagnostics_at_their_places_here(duly, address, tmp_path):
    (tmp_path / "rules" / "bad.duly").write_text(f"# one\nrule bad {BROKEN}")
    outcome = duly("publish", "rules", "--to", address)
    assert (outcome.code, outcome.out) == (1, "")
    assert "rules/bad.duly:2:39: error: there is no relation `savd`" in outcome.err
    assert "2 | rule bad when Product Sale where user savd product" in outcome.err
