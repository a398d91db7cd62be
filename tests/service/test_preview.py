"""Whom a rule would reach."""

from __future__ import annotations

import pytest

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


def test_a_deadline_gets_a_sample_in_time(shop):
    found = shop.decisions.Preview(sale(), timeout=5)
    assert 0 < found.sample_share <= 1
