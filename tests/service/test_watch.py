"""Delivering what is due."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime

import grpc
import pytest

from duly.v1 import decision_service_pb2 as pb
from duly.v1 import user_service_pb2
from tests.service.conftest import running, track
from tests.service.test_decisions import refusal

RULES = """\
rule saved_sale
  when Product Sale where user saved product
  max 20/day

rule evening
  when Order Completed at 18:00 "UTC"
"""
SECOND = 1_000_000


def until_six():
    """How many microseconds the clock has to be fast to show 17:59:57 of this day, UTC."""
    now = datetime.now(UTC)
    return int((now.replace(hour=17, minute=59, second=57, microsecond=0) - now).total_seconds() * SECOND)


@pytest.fixture
def server():
    with running(files={"shop.duly": RULES}, ahead=until_six()) as found:
        yield found


@contextmanager
def watching(server, **wish):
    call = server.decisions.Watch(pb.WatchRequest(**wish))
    try:
        yield call
    finally:
        call.cancel()


def put_on_sale(server, *users):
    server.ingest(*(track("Product Added to Wishlist", f"save-{user}", user, product_id="boots") for user in users))
    server.ingest(track("Product Sale", "sale", product_id="boots"))


def report(server, *notifications, type=pb.OUTCOME_TYPE_SENT):
    outcomes = [pb.Outcome(decision_id=n.decision.decision_id, type=type) for n in notifications]
    return server.decisions.Report(pb.ReportRequest(outcomes=outcomes))


def test_a_sale_reaches_those_who_saved_the_product_and_nobody_else(server):
    server.ingest(track("Product Added to Wishlist", "other", "zoe", product_id="hat"))
    put_on_sale(server, "ada", "bob")
    with watching(server) as call:
        found = sorted(next(call).decision.user_id for _ in range(2))
    assert found == ["ada", "bob"]


def test_a_notification_comes_at_its_instant(server):
    with watching(server) as call:
        server.ingest(track("Order Completed", "order", "ada"))
        notification = next(call)
    assert notification.decision.rule == "evening"
    granted = notification.lease_expire_time.ToMicroseconds() - 60 * SECOND
    six = granted - granted % (24 * 3600 * SECOND) + 18 * 3600 * SECOND
    assert 0 <= granted - max(six, notification.decision.create_time.ToMicroseconds()) < SECOND


def test_no_more_than_asked_for_are_in_flight(server):
    put_on_sale(server, "ada", "bob", "cid")
    with watching(server, max_in_flight=2) as call:
        first, second = next(call), next(call)
        shown = pending(server, "ada", "bob", "cid")
        report(server, first)
        third = next(call)
    assert shown == 1
    assert len({n.decision.user_id for n in (first, second, third)}) == 3


def pending(server, *users):
    """How many decisions about these users still wait for a worker."""
    asked = [pb.ListDecisionsRequest(user_id=user) for user in users]
    return sum(d.verdict == 2 for request in asked for d in server.decisions.ListDecisions(request).decisions)


def test_a_lease_that_ends_delivers_the_same_decision_again(server):
    put_on_sale(server, "ada")
    request = pb.WatchRequest(max_in_flight=1)
    request.lease.seconds = 1
    call = server.decisions.Watch(request)
    first, second = next(call), next(call)
    call.cancel()
    assert first.decision.decision_id == second.decision.decision_id
    assert (first.attempt, second.attempt) == (1, 2)


def test_a_failure_reported_gives_the_slot_back(server):
    put_on_sale(server, "ada")
    with watching(server) as call:
        assert report(server, next(call), type=pb.OUTCOME_TYPE_FAILED).results[0].status == pb.REPORT_STATUS_RECORDED
    server.ingest(track("Product Sale", "sale-2", product_id="boots"))
    with watching(server) as call:
        assert next(call).decision.event_message_id == "sale-2"


def test_only_what_is_wanted_is_delivered(server):
    put_on_sale(server, "ada")
    with watching(server, rules=["evening"]) as call:
        server.ingest(track("Order Completed", "order", "ada"))
        assert next(call).decision.rule == "evening"


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"max_in_flight": -1}, "NEGATIVE"),
        ({"worker": "w" * 300}, "TOO_LONG"),
        ({"worker": "x\0"}, "CONTROL_CHARACTER"),
    ],
)
def test_odd_wishes_are_refused(server, wish, reason):
    with watching(server, **wish) as call:
        code, fields = refusal(lambda: next(call))
    assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, dict.fromkeys(wish, reason))


def test_what_went_out_after_its_lease_is_not_handed_to_a_worker(server):
    wish = pb.DecideRequest(user_id="ada", event=track("Product Sale", "sale", "ada", product_id="boots"), mode=2)
    wish.lease.seconds = 1
    server.ingest(track("Product Added to Wishlist", "save-ada", "ada", product_id="boots"))
    (reserved,) = server.decisions.Decide(wish).decisions
    user = user_service_pb2.GetUserRequest(user_id="ada")
    end = time.monotonic() + 30
    while server.users.GetUser(user).user.sends:
        assert time.monotonic() < end, "the reservation does not lapse"
        time.sleep(0.05)
    (waiting,) = server.users.GetUser(user).user.pending
    assert (waiting.decision_id, waiting.object) == (reserved.decision_id, "boots")
    outcome = pb.Outcome(decision_id=reserved.decision_id, type=pb.OUTCOME_TYPE_SENT)
    (result,) = server.decisions.Report(pb.ReportRequest(outcomes=[outcome])).results
    assert result.status == pb.REPORT_STATUS_RECORDED
    shown = server.users.GetUser(user).user
    assert ([send.decision_id for send in shown.sends], len(shown.pending)) == ([reserved.decision_id], 0)
    server.ingest(track("Product Added to Wishlist", "save-bob", "bob", product_id="hat"))
    server.ingest(track("Product Sale", "sale-2", product_id="hat"))
    with watching(server) as call:
        assert next(call).decision.user_id == "bob"
