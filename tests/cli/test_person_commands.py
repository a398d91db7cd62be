"""`duly export`, `duly delete` and `duly prefer`, with a server in another process."""

import json
import os
import pty
import stat
from itertools import count

import pytest

from duly.client import Client, ServiceError, identify, track
from duly.v1 import user_pb2
from tests.service.conftest import running

RULES = """\
category deals "Deals": opt out

rule sale
  when Product Sale where user saved product
  in category deals
  max 1/day

rule later
  when Checkout Started
  after 2 days
  expires after 9 days
"""
MAIL = "ada@example.com"
_number = count()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A server over a folder."""
    with running(files={"shop.duly": RULES}, store=str(tmp_path_factory.mktemp("shop") / "data")) as server:
        yield server


@pytest.fixture(scope="module")
def client(shop):
    with Client(shop.address) as client:
        yield client


@pytest.fixture
def ada(client):
    """A person of the test's own, who came by a device first; their ids."""
    user = f"ada-{next(_number)}"
    device = f"device-of-{user}"
    client.ingest(
        [
            track("Product Added to Wishlist", anonymous_id=device, properties={"product_id": "boots"}),
            identify(user, anonymous_id=device, traits={"email": MAIL, "device_tokens": ["of-the-trait"]}),
            track("Checkout Started", user_id=user),
        ]
    )
    client.decide(user, event=track("Product Sale", properties={"product_id": "boots"}))
    return user, device


def kinds(rows):
    return [next(iter(row)) for row in rows]


# --- export -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["", "--anonymous", "--anonymous-id"])
def test_export_writes_a_json_object_for_everything_kept(duly, shop, ada, flag):
    user, device = ada
    outcome = duly("export", *([flag, device] if flag else [user]), "--to", shop.address)
    assert (outcome.code, outcome.err) == (0, "")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert kinds(rows)[:2] == ["user", "relation"] and set(kinds(rows)) == {"user", "relation", "event", "decision"}
    assert rows[0]["user"]["traits"]["email"] == MAIL
    assert [each["rule"] for each in rows[0]["user"]["pending"]] == ["later"]


def test_export_as_json_is_one_array_of_the_same(duly, shop, ada):
    lines = duly("export", ada[0], "--to", shop.address).out.splitlines()
    assert json.loads(duly("export", ada[0], "--json", "--to", shop.address).out) == [json.loads(one) for one in lines]


def test_a_file_of_personal_data_is_its_owners_alone(duly, shop, ada, tmp_path):
    file = tmp_path / "ada.ndjson"
    file.write_text("of yesterday")
    outcome = duly("export", ada[0], "-o", file, "--to", shop.address)
    assert (outcome.code, outcome.out) == (0, "")
    assert MAIL in file.read_text() and "yesterday" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_exporting_nobody_says_so_and_leaves_no_file(duly, shop, tmp_path):
    outcome = duly("export", "nobody", "-o", "x.ndjson", "--to", shop.address)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "duly: nothing is kept about nobody\n  is it an anonymous id? see --anonymous\n"
    assert not list(tmp_path.iterdir())
    assert duly("export", "--anonymous", "nobody", "--to", shop.address).err == "duly: nothing is kept about nobody\n"


def test_a_file_that_cannot_be_written_is_one_clear_line(duly, shop, ada):
    outcome = duly("export", ada[0], "-o", "missing/ada.ndjson", "--to", shop.address)
    assert (outcome.code, outcome.err) == (
        2,
        "duly: cannot write missing/ada.ndjson: no such file or directory\n",
    )


@pytest.mark.parametrize("command", [["export", "u" * 600], ["delete", "u" * 600, "--yes"], ["prefer", ""]])
def test_an_id_that_is_none_is_refused_by_the_service(duly, shop, command):
    outcome = duly(*command, "--to", shop.address)
    assert outcome.code == 2
    assert "answered INVALID_ARGUMENT: user_id" in outcome.err


# --- delete -----------------------------------------------------------------------------------------------------------


def test_delete_tells_what_was_deleted_and_nothing_is_left(duly, shop, client, ada):
    user, device = ada
    outcome = duly("delete", user, "--yes", "--to", shop.address)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"deleted all about {user}: 3 events, 2 decisions, 1 pending notification\n"
    assert duly("export", user, "--to", shop.address).code == 1
    assert duly("export", "--anonymous", device, "--to", shop.address).code == 1


def test_delete_by_an_anonymous_id_deletes_the_person_and_answers_in_json(duly, shop, ada):
    outcome = duly("delete", "--anonymous-id", ada[1], "--yes", "--json", "--to", shop.address)
    assert json.loads(outcome.out) == {"event_count": "3", "decision_count": "2", "pending_count": "1"}
    assert duly("export", ada[0], "--to", shop.address).code == 1


def test_deleting_nobody_says_so(duly, shop):
    outcome = duly("delete", "nobody", "--yes", "--to", shop.address)
    assert (outcome.code, outcome.out) == (1, "")
    assert "nothing is kept about nobody" in outcome.err


def test_without_a_terminal_nothing_is_deleted_unless_told_yes(duly, shop, client, ada):
    outcome = duly("delete", ada[0], "--to", shop.address, stdin=b"y\n")
    assert outcome.code == 2
    assert "--yes" in outcome.err
    assert client.user(ada[0]).user.user_id == ada[0]


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 1), (b"\n", 1), (b"y\n", 0), (b"\x04", 130)])
def test_on_a_terminal_it_is_asked_first(process, shop, client, ada, answer, code):
    ours, theirs = pty.openpty()
    asking = process("delete", ada[0], "--to", shop.address, stdin=theirs, start_new_session=True)
    os.close(theirs)
    os.write(ours, answer)
    out, err = asking.communicate(timeout=60)
    assert f"keeps about {ada[0]}, for good? [y/N]" in err
    assert "Traceback" not in err
    assert asking.returncode == code
    if code == 0:
        assert out.startswith("deleted all about")
        with pytest.raises(ServiceError):
            client.user(ada[0])
    else:
        assert client.user(ada[0]).user.user_id == ada[0]
    os.close(ours)


# --- prefer -----------------------------------------------------------------------------------------------------------


def test_every_wish_can_be_set_and_is_shown(duly, shop, client, ada):
    said = duly(
        *(
            "prefer",
            ada[0],
            "--zone",
            "Asia/Tokyo",
            "--consent",
            "email/deals=unsubscribed",
            "--consent",
            "all=subscribed",
        ),
        *("--quiet", "22:00-07:00", "--snooze", "deals=2030-01-01T12:00:00Z", "--mute", "hat", "--mute", "12"),
        *("--device", "push/ios", "a-token-that-is-long", "--to", shop.address),
    )
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "zone      Asia/Tokyo",
        "consent   all: subscribed",
        "consent   deals by email: unsubscribed",
        "quiet     22:00-07:00",
        "snoozed   deals until 2030-01-01 12:00 UTC",
        "muted     12",
        "muted     hat",
        "device    push ios a-token-that…",
        "device    push of-the-trait",
    ]
    assert duly("prefer", "--anonymous", ada[1], "--to", shop.address).out == said.out
    chosen = client.user(ada[0]).user.preferences
    assert [device.token for device in chosen.device_tokens] == ["a-token-that-is-long", "of-the-trait"]


def test_what_is_given_is_added_and_replaces_only_what_it_is_about(duly, shop, client, ada):
    def prefer(*options):
        return duly("prefer", ada[0], *options, "--json", "--to", shop.address)

    prefer("--consent", "deals=unsubscribed", "--mute", "hat", "--snooze", "deals=1h", "--quiet", "22:00-07:00")
    prefer("--consent", "email/deals=subscribed", "--mute", "scarf", "--unmute", "hat", "--snooze", "2d")
    found = json.loads(prefer("--consent", "deals=subscribed", "--clear", "quiet-hours", "--quiet", "12:00-13:00").out)
    assert [(each.get("channel", ""), each["state"]) for each in found["consents"]] == [
        ("", "CONSENT_STATE_SUBSCRIBED"),
        ("email", "CONSENT_STATE_SUBSCRIBED"),
    ]
    assert found["muted_objects"] == ["scarf"]
    assert [each.get("category", "") for each in found["snoozes"]] == ["", "deals"]
    assert found["quiet_hours"] == [{"start": "12:00", "end": "13:00"}]
    assert "snoozes" not in json.loads(prefer("--clear", "snoozes").out)


def test_a_device_of_the_trait_is_not_made_a_wish(duly, shop, client, ada):
    duly("prefer", ada[0], "--device", "push", "mine", "--to", shop.address)
    client.ingest([identify(ada[0], traits={"device_tokens": []})])
    assert [device.token for device in client.user(ada[0]).user.preferences.device_tokens] == ["mine"]


def test_a_snooze_holds_what_is_asked_from_then_on(duly, shop, client, ada):
    duly("prefer", ada[0], "--snooze", "deals=1d", "--to", shop.address)
    client.set_preferences(ada[0], user_pb2.Preferences(zone="Asia/Tokyo"))
    sale = track("Product Sale", properties={"product_id": "boots"})
    (told,) = client.decide(ada[0], event=sale, mode="peek").decisions
    assert told.verdict == 2 and told.due_time.seconds > sale.timestamp.seconds + 86_000


def test_a_newcomer_may_choose_before_anything_is_known(duly, shop, client):
    assert duly("prefer", "newcomer", "--to", shop.address).code == 1
    assert duly("prefer", "newcomer", "--mute", "hat", "--to", shop.address).out == "muted     hat\n"
    assert duly("prefer", "newcomer", "--unmute", "hat", "--to", shop.address).out == "no preferences\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--zone", "Mars/Base"], "answered INVALID_ARGUMENT: `Mars/Base` is not a time zone"),
        (["--quiet", "25:00-07:00"], "preferences.quiet_hours[0].start is not a time of day"),
        (["--quiet", "evening"], "`evening` is not like 22:00-07:00"),
        (["--consent", "deals"], "`deals` is not like deals=unsubscribed; a state is subscribed"),
        (["--consent", "deals=yes"], "`deals=yes` is not like deals=unsubscribed"),
        (["--snooze", "soon"], "`soon` is not a time like"),
        (["--snooze", "2030-01-01T12:00"], "has no zone"),
        (["--snooze", "5x"], "`5x` is not a length of time like"),
        (["--clear", "everything"], "is not one of"),
        (["--mute", ""], "muted_objects[0] is required"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_clearly(duly, shop, options, message):
    outcome = duly("prefer", "picky", *options, "--to", shop.address)
    assert outcome.code == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err
