"""Numbers that JSON has and the store's format has not."""

from __future__ import annotations

import base64
import json
from urllib.request import Request, urlopen

import pytest

from duly.v1 import decision_service_pb2, event_pb2, user_service_pb2
from duly.v1.event_service_pb2 import INGEST_STATUS_ACCEPTED
from tests.service.conftest import running, track

RULES = """\
rule big
  when Order Completed where user did Payment Made where amount > 5 in last 30 days
  max 9/day
  send "{user.fortune}"
"""
HUGE = {"too large for 64 bits": 10**26, "as large as 64 bits": 2**64, "as small": -(2**63) - 1, "no double": 10**400}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(files={"shop.duly": RULES}, store=str(tmp_path_factory.mktemp("numbers") / "data")) as found:
        yield found


def identify(user, value):
    traits = json.dumps({"fortune": value, "deep": [{"a": value}]}).encode()
    return event_pb2.Event(
        message_id=f"i-{user}",
        type=event_pb2.EVENT_TYPE_IDENTIFY,
        user_id=user,
        traits_json=traits,
        context_json=traits,
    )


@pytest.mark.parametrize("value", HUGE.values(), ids=HUGE)
def test_whole_numbers_of_any_size_are_taken_in_kept_and_handed_out(server, value):
    user = f"rich-{len(str(value))}-{value % 97}"
    taken = server.ingest(
        identify(user, value), track("Payment Made", f"p-{user}", user, amount=value), track("X", f"x-{user}", user)
    )
    assert [result.status for result in taken] == [INGEST_STATUS_ACCEPTED] * 3
    kept = server.users.ExportUser(user_service_pb2.ExportUserRequest(user_id=user)).records
    near = str(value) if value == 10**400 else float(value)
    assert kept[0].user.traits["fortune"] == near and kept[0].user.traits["deep"][0]["a"] == near
    (past,) = [record.history for record in kept if record.WhichOneof("record") == "history"]
    assert past.properties["amount"] == near
    events = [record.event for record in kept if record.WhichOneof("record") == "event"]
    assert {event.message_id for event in events} == {f"i-{user}", f"p-{user}", f"x-{user}"}
    asked = decision_service_pb2.DecideRequest(user_id=user, event=track("Order Completed", f"o-{user}"))
    granted = [decision.rule for decision in server.decisions.Decide(asked).decisions if decision.verdict == 1]
    assert granted == (["big"] if value > 5 and value != 10**400 else [])


def test_an_sdk_is_not_told_to_send_such_a_batch_again_and_again(server):
    batch = [
        {"type": "identify", "userId": "hal", "messageId": "h1", "traits": {"a": 10**26}},
        {"type": "track", "event": "X", "userId": "hal", "messageId": "h2", "properties": {"a": 10**26}},
    ]
    basic = base64.b64encode(b"key:").decode()
    request = Request(
        f"http://{server.http}/v1/batch",
        json.dumps({"batch": batch}).encode(),
        {"Authorization": f"Basic {basic}", "Content-Type": "application/json"},
    )
    assert urlopen(request).status == 200
    assert server.users.GetUser(user_service_pb2.GetUserRequest(user_id="hal")).user.traits["a"] == float(10**26)
