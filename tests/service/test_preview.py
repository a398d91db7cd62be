"""Whom a rule would reach."""

from __future__ import annotations

from dataclasses import dataclass

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from duly.service.preview import _lateness
from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_pb2
from tests.service.conftest import running, track
from tests.service.test_decisions import refusal

RULES = """\
rule sale
  when Product Sale where user saved product
  at 18:00 local
  if passed next day
  expires after 2 days
  max 1/day

rule morning every day at 09:00 local
  where user.name = "N"
  send "Good morning"
"""
ZONES = ("Europe/London", "Asia/Tokyo", "America/New_York")
NOON = 1_893_499_200
"""2030-01-01 12:00 UTC, in seconds."""


@pytest.fixture(scope="module")
def shop():
    """A server with sixty users in three zones, of whom every other one saved the boots."""
    with running(files={"shop.duly": RULES}) as server:
        for number in range(60):
            user = f"user-{number}"
            traits = f'{{"timezone": "{ZONES[number % 3]}", "name": "N"}}'.encode()
            server.ingest(
                event_pb2.Event(
                    message_id=f"i{number}", type=event_pb2.EVENT_TYPE_IDENTIFY, user_id=user, traits_json=traits
                )
            )
            if number % 2:
                server.ingest(track("Product Added to Wishlist", f"w{number}", user, product_id="boots"))
        yield server


def asked(**more):
    request = pb.PreviewRequest(**more)
    request.time.seconds = NOON
    return request


def sale(**more):
    return asked(rule="sale", event=track("Product Sale", "", product_id="boots"), **more)


def test_the_audience_its_verdicts_and_hours_are_counted(shop):
    found = shop.decisions.Preview(sale())
    assert (found.audience_size, found.asked_count, found.sample_share) == (30, 30, 1.0)
    assert [(c.verdict, c.reason, c.count) for c in found.verdict_counts] == [(2, "not-yet", 30)]
    assert [(c.hour, c.count) for c in found.local_hour_counts] == [(18, 30)]
    assert found.rules_version


def test_a_preview_agrees_with_peeks_and_changes_nothing(shop):
    shop.decisions.Preview(sale())
    assert not shop.decisions.ListDecisions(pb.ListDecisionsRequest(rule="sale")).decisions
    for number in (1, 3, 5):
        peek = pb.DecideRequest(user_id=f"user-{number}", event=track("Product Sale", "x", product_id="boots"), mode=1)
        assert [d.verdict for d in shop.decisions.Decide(peek).decisions] == [2]


def test_a_rule_of_the_calendar_needs_no_event(shop):
    found = shop.decisions.Preview(asked(rule="morning"))
    assert (found.audience_size, sum(count.count for count in found.verdict_counts)) == (60, 60)
    assert {count.hour for count in found.local_hour_counts} <= {9}


def test_an_object_nobody_saved_reaches_nobody(shop):
    found = shop.decisions.Preview(asked(rule="sale", event=track("Product Sale", "", product_id="hat")))
    assert (found.audience_size, list(found.verdict_counts)) == (0, [])


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (pb.PreviewRequest(), {"rule": "MISSING"}),
        (pb.PreviewRequest(rule="gone"), {"rule": "UNKNOWN"}),
        (pb.PreviewRequest(rule="sale"), {"event": "MISSING"}),
        (pb.PreviewRequest(rule="sale", event=track("Order Completed", "")), {"event.event": "NOT_HEARD"}),
    ],
    ids=["no rule", "unknown rule", "no event", "another event"],
)
def test_what_cannot_be_previewed_is_refused_by_field(shop, request_, fields):
    assert refusal(lambda: shop.decisions.Preview(request_))[1] == fields


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"time": Timestamp(seconds=-1)}, {"time": "OUT_OF_RANGE"}),
        ({"time": Timestamp(seconds=300_000_000_000)}, {"time": "OUT_OF_RANGE"}),
        ({"time": Timestamp(seconds=NOON - 1)}, {"time": "BEFORE_EVENT"}),
        (
            {"event": event_pb2.Event(event="Product Sale", properties_json=b"{")},
            {"event.properties_json": "INVALID_JSON"},
        ),
        ({"event": event_pb2.Event(event="Product Sale", user_id="u" * 600)}, {"event.user_id": "TOO_LONG"}),
        ({"event": event_pb2.Event(properties_json=b"{}")}, {"event.type": "MISSING"}),
        ({"rule": "gone", "time": Timestamp(seconds=-1)}, {"rule": "UNKNOWN", "time": "OUT_OF_RANGE"}),
    ],
    ids=["before 1970", "after 9999", "before the event", "no JSON", "a long id", "no name", "two at once"],
)
def test_every_field_that_is_wrong_is_named(shop, more, fields):
    event = track("Product Sale", "", product_id="boots")
    event.timestamp.seconds = NOON
    request = pb.PreviewRequest(**({"rule": "sale", "event": event} | more))
    code, found = refusal(lambda: shop.decisions.Preview(request))
    assert (code, found) == (grpc.StatusCode.INVALID_ARGUMENT, fields)


def test_the_last_instant_there_is_can_be_imagined(shop):
    event = track("Product Sale", "", product_id="boots")
    last = pb.PreviewRequest(rule="sale", event=event, time=Timestamp(seconds=253_402_300_799))
    assert shop.decisions.Preview(last).asked_count == 30


def test_an_event_yet_to_come_is_imagined_at_its_own_time(shop):
    event = track("Product Sale", "", product_id="boots")
    event.timestamp.seconds = NOON - 12 * 3600
    found = shop.decisions.Preview(pb.PreviewRequest(rule="sale", event=event))
    assert found == shop.decisions.Preview(
        pb.PreviewRequest(rule="sale", event=event, time=Timestamp(seconds=NOON - 12 * 3600))
    )


def test_an_event_that_names_a_user_is_about_that_user(shop):
    found = shop.decisions.Preview(asked(rule="sale", event=track("Product Sale", "", "user-1", product_id="boots")))
    assert (found.audience_size, found.asked_count) == (1, 1)


def test_the_same_is_answered_as_long_as_nothing_happens(shop):
    assert shop.decisions.Preview(sale()) == shop.decisions.Preview(sale())


WAITING = """\
segment buyers: count of Order Completed in last 30 days >= 2

rule welcome
  when user enters buyers
  max 1/day

rule farewell
  when user leaves buyers
  max 1/day

rule basket
  when Product Added, then no Order Completed within 2 hours
  max 1/day
"""


def test_rules_that_wait_for_a_segment_or_for_nothing_to_happen_can_be_previewed():
    with running(files={"shop.duly": WAITING}) as server:
        server.ingest(*(track("Order Completed", f"o{number}", f"buyer-{number % 3}") for number in range(6)))
        server.ingest(*(track("Order Completed", f"p{number}", f"once-{number}") for number in range(4)))
        for rule in ("welcome", "farewell"):
            found = server.decisions.Preview(pb.PreviewRequest(rule=rule))
            assert (found.audience_size, [(c.verdict, c.count) for c in found.verdict_counts]) == (3, [(1, 3)])
        much_later = pb.PreviewRequest(rule="welcome", time=Timestamp(seconds=NOON))
        assert server.decisions.Preview(much_later).audience_size == 0
        left = server.decisions.Preview(pb.PreviewRequest(rule="basket", event=track("Product Added", "")))
        assert (left.audience_size, [(c.verdict, c.reason) for c in left.verdict_counts]) == (7, [(2, "not-yet")])


@dataclass
class Caller:
    """What gRPC knows of who called."""

    remaining: float | None
    active: bool = True

    def time_remaining(self):
        return self.remaining

    def is_active(self):
        return self.active


@pytest.mark.parametrize(
    ("caller", "late"),
    [(Caller(None), False), (Caller(60.0), False), (Caller(0.0), True), (Caller(60.0, active=False), True)],
    ids=["no deadline", "a far one", "a near one", "gone"],
)
def test_whoever_has_no_time_left_or_hung_up_is_not_worked_for(caller, late):
    assert _lateness(caller)() is late


def test_a_caller_who_cancels_leaves_the_server_well(shop):
    call = shop.decisions.Preview.future(sale())
    call.cancel()
    assert shop.decisions.Preview(sale()).asked_count == 30
