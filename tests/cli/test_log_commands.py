"""`duly decisions` and `duly explain`."""

import json
from time import sleep

import pytest

from duly.client import Client
from duly.client.events import identify, track
from duly.service.server import Server
from duly.service.settings import Settings

NAMED = 'rule thanks when Order Completed, max 1/day, send "Thanks {user.first_name}, {user.email}"\n'
FILES = (("named.duly", NAMED.encode()),)


@pytest.fixture
def shop():
    """The address of a server that has thanked ada once and refused to do so again."""
    server = Server(Settings(FILES, "memory:", "127.0.0.1:0", "", log_level="error", grace=1))
    server.start()
    with Client(server.addresses.grpc) as client:
        traits = {"first_name": "Ada", "email": "ada@example.com", "timezone": "Asia/Tokyo"}
        client.ingest([identify("ada", traits=traits)])
        for number in (1, 2):
            client.decide("ada", event=track("Order Completed", user_id="ada", message_id=f"o{number}"))
            # The log tells milliseconds apart, and an answer may take less.
            sleep(0.003)
    yield server.addresses.grpc
    server.stop()


def test_the_log_is_exported_as_a_json_object_on_each_line(duly, shop):
    outcome = duly("decisions", "--to", shop)
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row.get("reason", "") for row in rows] == ["capped", ""]
    assert all(len(row["gates"]) == 9 for row in rows)


def test_the_export_is_narrowed_down_and_may_go_to_a_file(duly, shop, tmp_path):
    file = tmp_path / "log.ndjson"
    outcome = duly("decisions", "--verdict", "notify", "--user", "ada", "--output", file, "--to", shop)
    assert (outcome.code, outcome.out) == (0, "")
    (row,) = map(json.loads, file.read_text().splitlines())
    assert row["message"]["body"] == "Thanks Ada, ada@example.com"


def test_what_is_sensitive_is_masked(duly, shop, tmp_path):
    (tmp_path / "duly.toml").write_text('[privacy]\nsensitive = ["email"]\n')
    (row,) = map(json.loads, duly("decisions", "--verdict", "notify", "--to", shop).out.splitlines())
    assert row["message"]["body"] == "Thanks Ada, •••"
    (tmp_path / "duly.toml").write_text('[privacy]\nsensitive = ["default"]\n')
    (row,) = map(json.loads, duly("decisions", "--verdict", "notify", "--to", shop).out.splitlines())
    assert row["message"]["body"] == "•••"


def test_a_user_or_a_decision_is_explained_with_every_gate(duly, shop):
    said = duly("explain", "ada", "--to", shop).out
    assert said.startswith("SUPPRESS thanks: capped")
    assert said.count("\n  ✓ ") + said.count("\n  ✗ ") + said.count("\n  · ") + said.count("\n  - ") == 9
    assert "1 of 1 used of `max 1/day` in Asia/Tokyo, from trait timezone" in said
    assert "zone       Asia/Tokyo, from trait timezone" in said
    with Client(shop) as client:
        granted = next(client.decisions("ada", verdict="notify"))
    said = duly("explain", granted.decision_id, "--sensitive", "first_name", "--to", shop).out
    assert "Thanks •••, ada@example.com" in said
    assert duly("explain", "ada", "--last", 2, "--to", shop).out.count("for        ada") == 2


def test_nobody_known_is_said_so(duly, shop):
    assert duly("explain", "nobody", "--to", shop).out == "nothing has been decided about nobody\n"
    assert duly("explain", "0" * 40, "--to", shop).code == 2
