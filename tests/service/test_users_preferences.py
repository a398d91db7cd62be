"""What users choose for themselves, through the service."""

from __future__ import annotations

import grpc
import pytest

from duly.v1 import decision_service_pb2, event_pb2, user_pb2
from duly.v1 import user_service_pb2 as pb
from tests.service.conftest import running, track
from tests.service.test_decisions import refusal

LATER = 4_102_444_800
"""A second in the year 2100."""

RULES = """\
category deals "Deals": opt in

rule sale
  when Offer Seen
  in category deals

rule order
  when Order Completed
  send "Thanks"

rule sms
  when Order Completed
  by sms
  send "Thanks"
"""


@pytest.fixture(scope="module")
def shop():
    """A server whose rules ask for consent and send by push and by SMS."""
    with running(files={"shop.duly": RULES}) as found:
        yield found


def chosen(server, user, mask=(), **preferences):
    request = pb.SetPreferencesRequest(user_id=user, preferences=user_pb2.Preferences(**preferences))
    request.update_mask.paths.extend(mask)
    return server.users.SetPreferences(request).preferences


def kept(server, user):
    return server.users.GetUser(pb.GetUserRequest(user_id=user)).user


def verdicts(server, user, name, message_id, **more):
    request = decision_service_pb2.DecideRequest(user_id=user, event=track(name, message_id, user), **more)
    return {d.rule: (d.verdict, d.reason) for d in server.decisions.Decide(request).decisions}


def snooze(category, seconds=LATER):
    found = user_pb2.Snooze(category=category)
    found.end_time.seconds = seconds
    return found


EVERYTHING = {
    "zone": "America/New_York",
    "consents": [
        user_pb2.Consent(category="deals", state=user_pb2.CONSENT_STATE_SUBSCRIBED),
        user_pb2.Consent(category="deals", channel="sms", state=user_pb2.CONSENT_STATE_UNSUBSCRIBED),
    ],
    "quiet_hours": [user_pb2.QuietHours(start="22:00", end="07:30")],
    "snoozes": [snooze(""), snooze("deals")],
    "muted_objects": ["42", "boots"],
    "device_tokens": [user_pb2.DeviceToken(token="t1", channel="push", platform="ios")],
}


def test_everything_that_is_chosen_is_kept_and_shown(shop):
    answered = chosen(shop, "ada", **EVERYTHING)
    assert answered == user_pb2.Preferences(**EVERYTHING)
    user = kept(shop, "ada")
    assert user.preferences == answered
    assert (user.zone, user.traits["timezone"]) == ("America/New_York", "America/New_York")


def test_what_is_not_named_stays_and_lists_are_replaced_as_a_whole(shop):
    chosen(shop, "ben", zone="Europe/London", muted_objects=["boots", "hat"])
    found = chosen(shop, "ben", muted_objects=["cap"])
    assert (found.zone, list(found.muted_objects)) == ("Europe/London", ["cap"])


def test_a_mask_clears_what_it_names_and_leaves_the_rest(shop):
    chosen(shop, "cleo", **EVERYTHING)
    found = chosen(shop, "cleo", ["zone", "muted_objects"], zone="", snoozes=[snooze("news")])
    assert (found.zone, list(found.muted_objects), len(found.snoozes)) == ("", [], 2)
    found = chosen(shop, "cleo", ["*"])
    assert found == user_pb2.Preferences()
    assert kept(shop, "cleo").preferences == user_pb2.Preferences()


def test_an_anonymous_user_may_choose_too_and_keeps_it_when_known(shop):
    tokens = [user_pb2.DeviceToken(token="t2", channel="push")]
    request = pb.SetPreferencesRequest(
        anonymous_id="anon-d", preferences=user_pb2.Preferences(device_tokens=tokens, muted_objects=["boots"])
    )
    shop.users.SetPreferences(request)
    chosen(shop, "dora", device_tokens=[user_pb2.DeviceToken(token="t3", channel="push")])
    shop.ingest(
        event_pb2.Event(
            message_id="d1", type=event_pb2.EVENT_TYPE_IDENTIFY, user_id="dora", anonymous_id="anon-d", traits={}
        )
    )
    found = kept(shop, "dora").preferences
    assert {token.token for token in found.device_tokens} == {"t2", "t3"}
    assert list(found.muted_objects) == ["boots"]


def test_consent_opens_and_closes_a_category(shop):
    assert verdicts(shop, "eve", "Offer Seen", "e1") == {"sale": (3, "no-consent")}
    chosen(shop, "eve", consents=[user_pb2.Consent(category="deals", state=user_pb2.CONSENT_STATE_SUBSCRIBED)])
    assert verdicts(shop, "eve", "Offer Seen", "e2") == {"sale": (1, "")}
    chosen(shop, "eve", ["consents"])
    assert verdicts(shop, "eve", "Offer Seen", "e3") == {"sale": (3, "no-consent")}


@pytest.mark.parametrize(
    ("channel", "refused"), [("sms", {"sms"}), ("", {"sms", "order"})], ids=["one channel", "everything"]
)
def test_a_refusal_may_be_of_a_channel_or_of_everything(shop, channel, refused):
    user = f"fay-{channel}"
    chosen(shop, user, consents=[user_pb2.Consent(channel=channel, state=user_pb2.CONSENT_STATE_UNSUBSCRIBED)])
    said = verdicts(shop, user, "Order Completed", f"{user}-1")
    assert {rule for rule, (_, reason) in said.items() if reason == "unsubscribed"} == refused


def test_an_older_event_does_not_undo_a_choice(shop):
    chosen(shop, "gus", consents=[user_pb2.Consent(category="deals", state=user_pb2.CONSENT_STATE_SUBSCRIBED)])
    old = track("Unsubscribed", "g1", "gus", category="deals")
    old.timestamp.seconds = 1_700_000_000
    shop.ingest(old)
    assert [consent.state for consent in kept(shop, "gus").preferences.consents] == [1]


def test_a_snooze_defers_what_waits_and_ending_it_frees_it(shop):
    shop.ingest(track("Order Completed", "h1", "hal"))
    chosen(shop, "hal", snoozes=[snooze("", kept(shop, "hal").pending[0].due_time.seconds + 3600)])
    waiting = kept(shop, "hal").pending
    assert {p.due_time.seconds for p in waiting} == {kept(shop, "hal").preferences.snoozes[0].end_time.seconds}
    chosen(shop, "hal", ["snoozes"])
    assert all(p.due_time.seconds < waiting[0].due_time.seconds for p in kept(shop, "hal").pending)
    request = decision_service_pb2.DecideRequest(user_id="hal")
    assert [d.verdict for d in shop.decisions.Decide(request).decisions] == [1, 1]


@pytest.mark.parametrize("product", ["boots", 42], ids=["text", "number"])
def test_a_muted_object_is_heard_of_no_more(shop, product):
    with running(files={"s.duly": "rule sale when Product Sale where user saved product\n"}) as server:
        server.ingest(track("Product Added to Wishlist", "i1", "ida", product_id=product))
        chosen(server, "ida", muted_objects=[str(product)])
        event = track("Product Sale", "i2", product_id=product)
        request = decision_service_pb2.DecideRequest(user_id="ida", event=event)
        assert [d.reason for d in server.decisions.Decide(request).decisions] == ["muted"]


def test_a_worker_is_told_where_the_user_can_be_reached(shop):
    tokens = [
        user_pb2.DeviceToken(token="p1", channel="push", platform="ios"),
        user_pb2.DeviceToken(token="+44", channel="sms"),
    ]
    chosen(shop, "jon", device_tokens=tokens)
    shop.ingest(
        event_pb2.Event(
            message_id="j0",
            type=event_pb2.EVENT_TYPE_IDENTIFY,
            user_id="jon",
            traits_json=b'{"device_tokens": ["p1", "p2"]}',
        ),
        track("Order Completed", "j1", "jon"),
    )
    stream = shop.decisions.Watch(decision_service_pb2.WatchRequest(), timeout=10)
    got = {}
    for notification in stream:
        if notification.decision.user_id == "jon":
            got[notification.decision.channel] = [token.token for token in notification.device_tokens]
        if len(got) == 2:
            break
    stream.cancel()
    assert got == {"push": ["p1", "p2"], "sms": ["+44"]}


def test_every_field_at_fault_is_named(shop):
    request = pb.SetPreferencesRequest(
        preferences=user_pb2.Preferences(
            zone="Mars/Olympus",
            consents=[user_pb2.Consent(category="a/b")],
            quiet_hours=[user_pb2.QuietHours(start="25:00", end="8"), user_pb2.QuietHours(start="01:00", end="01:00")],
            snoozes=[user_pb2.Snooze()],
            muted_objects=[""],
            device_tokens=[user_pb2.DeviceToken()],
        ),
    )
    code, fields = refusal(lambda: shop.users.SetPreferences(request))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert fields == {
        "user_id": "MISSING",
        "preferences.zone": "UNKNOWN",
        "preferences.consents[0].category": "MALFORMED",
        "preferences.consents[0].state": "MISSING",
        "preferences.quiet_hours[0].start": "MALFORMED",
        "preferences.quiet_hours[0].end": "MALFORMED",
        "preferences.quiet_hours[1].end": "EMPTY",
        "preferences.snoozes[0].end_time": "MISSING",
        "preferences.muted_objects[0]": "MISSING",
        "preferences.device_tokens[0].token": "MISSING",
    }


def test_a_mask_that_names_nothing_known_and_missing_preferences_are_refused(shop):
    request = pb.SetPreferencesRequest(user_id="kim")
    request.update_mask.paths.append("shoe_size")
    _, fields = refusal(lambda: shop.users.SetPreferences(request))
    assert fields == {"preferences": "MISSING", "update_mask.paths[0]": "UNKNOWN"}
