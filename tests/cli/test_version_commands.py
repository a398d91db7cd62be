"""`duly versions`, `duly rollback`, `duly shadow` and `duly preview`, with a server in another process."""

import json
import re

import pytest

from duly.client import Client, identify, track
from tests.service.conftest import running

FIRST = "rule thanks\n  when Order Completed\n  max 1/day\n"
SECOND = "rule thanks\n  when Order Completed\n  max 2/day\n"
TIMED = "rule sale\n  when Product Sale where user saved product\n  at 18:00 local\n  if passed next day\n  max 1/day\n"


@pytest.fixture
def shop():
    with running(files={"shop.duly": FIRST}) as server:
        yield server


@pytest.fixture
def publish(duly, shop, tmp_path):
    def call(text, *options):
        (tmp_path / "shop.duly").write_text(text)
        return duly("publish", "shop.duly", *options, "--to", shop.address)

    return call


# --- versions and rollback --------------------------------------------------------------------------------------------


def test_the_versions_are_listed_with_the_one_in_force_marked(duly, shop, publish):
    publish(SECOND, "--message", "twice a day")
    newest, oldest = duly("versions", "--to", shop.address).out.splitlines()
    assert re.fullmatch(r"\* 2-[0-9a-f]{8}  .* UTC  1 rule  etag [0-9a-f]+  twice a day", newest)
    assert oldest.startswith("  1-") and oldest.endswith("given at the start of the server")
    (row,) = map(json.loads, duly("versions", "--most", 1, "--json", "--to", shop.address).out.splitlines())
    assert (row["current"], row["rule_count"], row["description"]) == (True, 1, "twice a day")


def test_rolling_back_publishes_the_earlier_rules_as_a_new_version(duly, shop, publish):
    publish(SECOND)
    with Client(shop.address) as client:
        first = list(client.versions())[-1].version
        current = client.rules()
        checked = duly("rollback", first, "--check-only", "--to", shop.address)
        assert checked.code == 0
        assert "~ thanks" in checked.out and "not published, only checked" in checked.out
        assert client.rules() == current
        done = duly("rollback", first, "--etag", current.etag, "--to", shop.address)
        assert (done.code, done.err) == (0, "")
        assert "published version 3-" in done.out
        assert client.rules().files[0].content.decode() == FIRST
    stale = duly("rollback", first, "--etag", current.etag, "--to", shop.address)
    assert stale.code == 2
    assert "answered ABORTED" in stale.err
    again = json.loads(duly("rollback", first, "--json", "--to", shop.address).out)
    assert again["version"].startswith("4-") and "changes" not in again


def test_a_version_that_never_was_is_said_so(duly, shop):
    outcome = duly("rollback", "9-00000000", "--to", shop.address)
    assert outcome.code == 2
    assert outcome.err.endswith("answered NOT_FOUND: no version of the rules is called `9-00000000`\n")


# --- shadow -----------------------------------------------------------------------------------------------------------


def test_rules_in_the_shadow_are_compared_and_ended(duly, shop, publish):
    assert duly("shadow", "--to", shop.address).out.startswith("nothing decides in the shadow of 1-")
    said = publish(SECOND, "--shadow", "--message", "generous")
    assert (said.code, said.err) == (0, "")
    assert "~ thanks" in said.out and "decides in the shadow, nobody is notified by it" in said.out
    assert "nothing to compare yet" in duly("shadow", "--to", shop.address).out
    with Client(shop.address) as client:
        granted = [
            client.should_notify("ada", track("Order Completed", user_id="ada", message_id=f"o{number}"))
            for number in range(2)
        ]
        assert granted[0] is not None and granted[1] is None
        assert client.rules().files[0].content.decode() == FIRST
    lines = duly("shadow", "--to", shop.address).out.splitlines()
    assert re.fullmatch(r"shadow-[0-9a-f]{8}, 1 rule, etag [0-9a-f]+  generous", lines[0])
    assert lines[1] == "  thanks: 1 of 2 the same"
    assert lines[2].split() == ["1", "SUPPRESS", "in", "force,", "NOTIFY", "in", "the", "shadow"]
    found = json.loads(duly("shadow", "--json", "--to", shop.address).out)
    assert sum(int(each["count"]) for each in found["shadow_counts"]) == 2
    assert duly("shadow", "--end", "--to", shop.address).out.splitlines() == lines
    assert duly("shadow", "--to", shop.address).out.startswith("nothing decides in the shadow")


def test_the_rules_in_force_have_no_shadow(shop, publish):
    publish(SECOND, "--shadow")
    said = publish(FIRST, "--shadow")
    assert (
        said.out == "nothing changes in meaning\nthese are the rules in force: nothing decides in the shadow any more\n"
    )


# --- preview ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def savers():
    """A server with five users who saved the boots, two of them in another zone."""
    with running(files={"shop.duly": TIMED}) as server, Client(server.address) as client:
        for number in range(5):
            zone = "Asia/Tokyo" if number < 2 else "UTC"
            saved = track("Product Added to Wishlist", user_id=f"u{number}", properties={"product_id": "boots"})
            client.ingest([identify(f"u{number}", traits={"timezone": zone}), saved])
        yield server


SALE = json.dumps({"event": "Product Sale", "properties": {"product_id": "boots"}})


def test_preview_shows_whom_a_rule_would_reach_and_at_which_hours(duly, savers):
    said = duly("preview", "sale", "--event", SALE, "--time", "2030-01-01T12:00:00Z", "--to", savers.address)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "5 users in the audience, all asked"
    assert lines[1].split() == ["5", "DEFER", "not-yet"]
    assert lines[3].split()[:2] == ["18:00", "5"]
    assert lines[-1].startswith("by rules 1-")


def test_preview_answers_in_json(duly, savers):
    found = json.loads(duly("preview", "sale", "--event", SALE, "--json", "--to", savers.address).out)
    assert (found["audience_size"], found["asked_count"], found["sample_share"]) == ("5", "5", 1.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["gone"], "no published rule is called `gone`"),
        (["sale"], "event is required"),
        (["sale", "--event", '{"event": "Order Completed"}'], "does not listen to `Order Completed`"),
        (["sale", "--event", "@missing.json"], "cannot read missing.json: no such file"),
        (["sale", "--event", SALE, "--time", "noon"], "`noon` is not a time like"),
    ],
)
def test_what_cannot_be_previewed_is_said_clearly(duly, savers, options, message):
    outcome = duly("preview", *options, "--to", savers.address)
    assert outcome.code == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err
