"""A reservation that lapsed may have gone out all the same: whoever had it reports it late, and the user hears once."""

import pytest
from msgspec import msgpack
from msgspec.structs import astuple

from duly.engine.api import Recorded
from duly.engine.decision import Standing, unpack_decision
from duly.engine.state import User, unpack_user
from tests.engine.world import (
    COMMIT,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    NOTIFY,
    RESERVE,
    SUPPRESS,
    at,
    day,
    event,
    rule,
)  # fmt: skip


def lapsed(world, about="a"):
    """A notification that was reserved and fell due again when its lease was over."""
    decision = world.one(about=about, mode=RESERVE, lease=MINUTE)
    world.now += MINUTE
    world.engine.sweep()
    return decision


def sends(world):
    return [(send.decision, send.at) for send in world.engine.user("u:ada").sends]


@pytest.mark.parametrize("outcome", ["sent", "opened", "dismissed", "converted"])
def test_what_went_out_takes_its_slot_and_waits_no_more(opened, outcome):
    world = opened(rule(caps=(day(1),)))
    decision = lapsed(world)
    assert world.report(decision, outcome).recorded == Recorded.RECORDED
    assert world.report(decision, outcome).recorded == Recorded.DUPLICATE
    assert sends(world) == [(decision.id, NOON)]
    assert (world.take(), world.queue(), world.engine.user("u:ada").pending) == ([], [], [])
    assert world.one(about=event("a", time=NOON, arrival=world.now)).reason == "taken"
    assert world.one(about="b").reason == "capped"
    logged = world.engine.decision(decision.id)
    assert (logged.verdict, logged.reason, logged.standing) == (NOTIFY, "due", Standing.SENT)
    assert (logged.due, logged.lease_until) == (0, 0)


def test_who_unsubscribed_is_heard_late_as_well(opened):
    world = opened(rule())
    assert world.report(lapsed(world), "unsubscribed").recorded == Recorded.RECORDED
    assert world.take() == []
    assert world.one(about="b").reason == "unsubscribed"


def test_it_went_out_even_if_somebody_else_has_the_slot_by_now(opened):
    world = opened(rule(caps=(day(1),)))
    decision = lapsed(world)
    other = world.one(about="b", mode=COMMIT)
    world.report(decision, "sent")
    assert sends(world) == [(decision.id, NOON), (other.id, NOON + MINUTE)]
    world.now = at("2024-05-01T23:00")
    assert world.one(about="c").reason == "capped"
    world.now += 2 * HOUR
    assert world.one(about="d").verdict == NOTIFY


def test_a_failure_leaves_it_waiting_and_can_be_said_of_the_next_attempt_again(opened):
    world = opened(rule(caps=(day(1),)))
    decision = lapsed(world)
    assert world.report(decision, "failed").recorded == Recorded.RECORDED
    assert world.report(decision, "failed").recorded == Recorded.DUPLICATE
    assert sends(world) == []
    (handed,) = world.take()
    assert handed.decision.id == decision.id
    assert world.report(decision, "failed").recorded == Recorded.RECORDED
    assert sends(world) == []
    assert world.queue() == []


def test_it_can_still_be_reported_when_it_was_asked_about_and_put_off_meanwhile(opened):
    world = opened(rule(caps=(day(1),), wait=DAY, expires=2 * DAY))
    decision = lapsed(world)
    world.one(about="b", mode=COMMIT)
    put_off = world.one(about=event("a", time=NOON, arrival=world.now))
    assert (put_off.id, put_off.reason) == (decision.id, "not-yet")
    assert world.report(decision, "sent").recorded == Recorded.RECORDED
    logged = world.engine.decision(decision.id)
    assert (logged.verdict, logged.reason, logged.opens) == (NOTIFY, "due", {})
    world.now += DAY
    assert (world.take(), world.queue()) == ([], [])


def test_it_can_still_be_reported_when_it_has_expired_meanwhile(opened):
    world = opened(rule(caps=(day(1),), expires=HOUR))
    decision = lapsed(world)
    world.now += HOUR
    world.engine.sweep()
    assert world.engine.decision(decision.id).verdict == SUPPRESS
    assert world.report(decision, "sent").recorded == Recorded.RECORDED
    assert sends(world) == [(decision.id, NOON)]
    assert world.one(about="b").reason == "capped"


def test_it_can_still_be_reported_when_its_rule_is_gone(opened):
    world = opened(rule("old"))
    decision = lapsed(world)
    world.publish(rule("new"))
    assert world.take() == []
    assert world.report(decision, "sent").recorded == Recorded.RECORDED
    assert sends(world) == [(decision.id, NOON)]


def test_what_nobody_was_granted_cannot_be_reported(opened):
    world = opened(rule(at_local=18))
    for mode in (RESERVE, COMMIT):
        promised = world.one(about=f"{mode}", mode=mode)
        assert world.report(promised, "sent").flaw.reason == "not-granted"
        assert world.report(promised, "failed").flaw.reason == "not-granted"
    world.track(message="queued")
    (queued,) = [pending for pending in world.engine.user("u:ada").pending if pending.message_id == "queued"]
    assert world.report(world.engine.decision(queued.decision), "sent").flaw.reason == "not-granted"
    assert len(world.queue()) == 3


def test_a_lease_of_a_worker_that_ran_out_can_be_reported(opened):
    world = opened(rule(caps=(day(1),)))
    world.track()
    (handed,) = world.take(lease=MINUTE)
    world.now += MINUTE
    world.engine.sweep()
    assert world.report(handed.decision, "sent").recorded == Recorded.RECORDED
    assert (world.take(), world.queue()) == ([], [])
    assert world.one(about="b").reason == "capped"


def test_a_time_long_before_the_decision_is_refused_and_a_slow_clock_is_not(opened):
    world = opened(rule())
    decision = world.one(about="a")
    flaw = world.report(decision, "sent", time=-62_135_596_800_000_000).flaw
    assert (flaw.field, flaw.reason) == ("time", "before-decision")
    assert world.report(decision, "sent", time=NOON - DAY).recorded == Recorded.RECORDED


def test_words_that_come_with_an_outcome_are_kept_up_to_a_bound(opened):
    world = opened(rule())
    decision = world.one(about="a")
    flaw = world.report(decision, "failed", description="x" * 2001).flaw
    assert (flaw.field, flaw.reason) == ("description", "too-long")
    assert world.engine.decision(decision.id).outcomes == []
    assert world.report(decision, "failed", description="x" * 2000).recorded == Recorded.RECORDED
    world.report(decision, "failed", description="another")
    assert world.engine.decision(decision.id).descriptions == {"failed": "x" * 2000}


def test_records_that_an_earlier_version_wrote_can_be_read(opened):
    world = opened(rule())
    decision = lapsed(world)
    logged, user = world.engine.decision(decision.id), world.engine.user("u:ada")
    logged.outcomes = [("sent", NOON)]
    found = unpack_decision(msgpack.encode(astuple(logged)[:-2]))
    assert (found.outcomes, found.lapsed, found.descriptions) == ([("sent", NOON)], 0, {})
    fields = list(astuple(user))
    fields[User.__struct_fields__.index("pending")] = [astuple(pending)[:-1] for pending in user.pending]
    (waiting,) = unpack_user(bytes(8) + msgpack.encode(fields)).pending
    assert (waiting.decision, waiting.due, waiting.lapsed) == (decision.id, world.now, 0)
