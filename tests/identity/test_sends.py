"""What was sent, waits, is leased or reserved for an identity is so for the person."""

import pytest

from duly.engine.api import Question
from tests.engine.world import (
    COMMIT,
    DAY,
    HOUR,
    MINUTE,
    NOTIFY,
    PRODUCT,
    RESERVE,
    at,
    day,
    per,
    rule,
)  # fmt: skip
from tests.identity.world import PHONE

# --- caps, gaps, slots ------------------------------------------------------------------------------------------------

CAPPED = {
    "a day": ({"caps": (day(2),)}, {}),
    "24 hours": ({"caps": (per(2, DAY),)}, {}),
    "a thing": ({"caps": (day(2, per_product=True),), "object_key": PRODUCT}, {}),
}


@pytest.mark.parametrize("kind", CAPPED)
def test_a_cap_counts_what_all_identities_had(people, merge, kind):
    caps, house = CAPPED[kind]
    world = people(rule(**caps), **house)
    for who in (PHONE, "ada"):
        assert world.one(who, world.write(who=who, product_id="boots")).verdict == NOTIFY
    merge(world)
    for who in (PHONE, "ada"):
        assert world.one(who, world.write(who=who, product_id="boots")).reason == "capped"
    other = world.one("ada", world.write(product_id="hat"))
    assert (other.verdict == NOTIFY) == (kind == "a thing")


def test_an_overrun_stays_and_nothing_more_is_granted(people, merge):
    world = people(rule(caps=(day(2),)))
    for who in (PHONE, "ada"):
        for _ in range(2):
            assert world.one(who, world.write(who=who)).verdict == NOTIFY
    merge(world)
    for who in (PHONE, "ada"):
        assert world.one(who, world.write(who=who)).reason == "capped"
    assert len(world.granted("ada")) == 4
    world.now += DAY
    assert world.one("ada", world.write()).verdict == NOTIFY


def test_a_gap_reaches_across(people, merge):
    world = people(plan="gap 2 hours\nrule greet\n  when E\n  max 9/day, or wait 5 hours\n")
    assert world.decide_about(who=PHONE)[0].verdict == NOTIFY
    merge(world)
    world.now += HOUR
    assert world.decide_about()[0].due == world.now + HOUR


def test_house_limits_count_all_identities(people, merge):
    world = people(plan="limit total 2/day\nrule one\n  when E\nrule two\n  when F")
    world.decide_about("E", PHONE)
    world.decide_about("F", "ada")
    merge(world)
    assert {each.reason for each in world.decide_about("E") + world.decide_about("F", PHONE)} == {"capped"}


def test_a_failure_reported_for_the_old_identity_gives_the_slot_back(people, merge):
    world = people(rule(caps=(day(1),)))
    decision = world.one(PHONE, world.write(who=PHONE))
    merge(world)
    assert world.one("ada", world.write()).reason == "capped"
    world.report(decision, "failed")
    assert world.one("ada", world.write()).verdict == NOTIFY


# --- what waits, what is leased ---------------------------------------------------------------------------------------


def test_what_waits_is_handed_out_once_whoever_it_waited_for(people, merge):
    world = people(rule(at_local=18))
    world.tell(who=PHONE)
    world.tell(who="ada")
    merge(world)
    world.now = at("2024-05-01T18:00")
    handed = world.take()
    assert [each.decision.identity for each in handed] == ["u:ada"] * 2
    assert len({each.decision.id for each in handed}) == 2
    assert world.take() == []
    assert all(world.report(each.decision, "sent").recorded.name == "RECORDED" for each in handed)
    assert world.queue() == []


def test_a_lease_ends_where_the_person_is_now(people, merge):
    world = people(rule(caps=(day(1),)))
    world.tell(who=PHONE)
    (handed,) = world.take(lease=MINUTE)
    merge(world)
    world.now += MINUTE
    (again,) = world.take(lease=MINUTE)
    assert (again.decision.id, again.attempt) == (handed.decision.id, 2)
    world.report(handed.decision, "failed")
    assert world.one("ada", world.write()).verdict == NOTIFY
    world.now += HOUR
    assert world.take() == []


def test_a_reservation_is_confirmed_or_lapses_after_the_merge(people, merge):
    world = people(rule(caps=(day(1),)))
    kept = world.one(PHONE, world.write(who=PHONE), mode=RESERVE, lease=MINUTE)
    merge(world)
    assert world.one("ada", world.write()).reason == "capped"
    world.report(kept, "sent")
    world.now += 2 * MINUTE
    assert world.take() == []
    assert world.one("ada", world.write()).reason == "capped"


def test_a_reservation_that_lapses_waits_for_the_person(people, merge):
    world = people(rule(caps=(day(1),)))
    kept = world.one(PHONE, world.write(who=PHONE), mode=RESERVE, lease=MINUTE)
    merge(world)
    world.now += MINUTE
    (handed,) = world.take()
    assert (handed.decision.id, handed.decision.identity) == (kept.id, "u:ada")


def test_what_waits_keeps_to_the_persons_clock(people, merge):
    world = people(rule(at_local=18))
    world.identify("ada", timezone="America/New_York")
    world.tell(who=PHONE)
    merge(world)
    assert [pending.due for pending in world.engine.user("u:ada").pending] == [
        at("2024-05-01T18:00", "America/New_York")
    ]


@pytest.mark.parametrize("first", ["lapse", "merge"])
def test_a_late_report_counts_for_the_person(people, merge, first):
    world = people(rule(caps=(day(1),)))
    kept = world.one(PHONE, world.write(who=PHONE), mode=RESERVE, lease=MINUTE)
    steps = [lambda: merge(world), world.engine.sweep]
    world.now += MINUTE
    for step in steps if first == "merge" else steps[::-1]:
        step()
    assert len(world.queue()) == 1
    assert world.report(kept, "sent").recorded.name == "RECORDED"
    assert (world.queue(), world.take()) == ([], [])
    assert world.engine.user("u:ada").pending == []
    assert world.one("ada", world.write()).reason == "capped"


# --- one message under two identities ---------------------------------------------------------------------------------


def test_a_message_through_either_identity_is_one_instance(people, merge):
    world = people(rule())
    granted = world.one(PHONE, world.write(who=PHONE, message="m"))
    merge(world)
    assert world.one("ada", world.write(message="m")).reason == "taken"
    assert world.tell(message="m") == "ACCEPTED"
    assert world.tell(who=PHONE, message="m") == "DUPLICATE"
    assert world.take() == []
    assert world.granted("ada") == [("greet", "m")]
    assert granted.verdict == NOTIFY


@pytest.mark.parametrize("first", [PHONE, "ada"])
@pytest.mark.parametrize("how", ["commit", "reserve", "lease", "wait"])
def test_of_two_notifications_about_one_message_one_is_left(people, merge, first, how):
    world = people(rule("now"))
    other = "ada" if first == PHONE else PHONE
    world.tell(who=first, message="m")
    if how == "lease":
        world.take()
    elif how != "wait":
        mode = COMMIT if how == "commit" else RESERVE
        assert world.one(first, world.write(who=first, message="m"), mode=mode, lease=HOUR).verdict == NOTIFY
    world.tell(who=other, message="m")
    merge(world)
    assert len(world.take()) == (1 if how == "wait" else 0)
    assert world.granted("ada") == [("now", "m")]
    assert sorted(each.reason for each in world.engine.decisions("u:ada", 10)) == ["due", "merged"]


def test_of_two_reservations_for_one_message_one_comes_back(people, merge):
    world = people(rule(caps=(day(1),)))
    for who in (PHONE, "ada"):
        assert world.one(who, world.write(who=who, message="m"), mode=RESERVE, lease=MINUTE).verdict == NOTIFY
    merge(world)
    world.now += MINUTE
    assert len(world.take()) == 1
    assert sorted(each.reason for each in world.engine.decisions("u:ada", 10)) == ["due", "merged"]


def test_what_went_out_late_ends_the_wait_of_its_double(people, merge):
    world = people(rule())
    held = [world.one(who, world.write(who=who, message="m"), mode=RESERVE, lease=MINUTE) for who in (PHONE, "ada")]
    merge(world)
    world.now += MINUTE
    world.engine.sweep()
    (waiting,) = world.engine.user("u:ada").pending
    (ended,) = [decision for decision in held if decision.id != waiting.decision]
    assert world.report(ended, "sent").recorded.name == "RECORDED"
    assert (world.take(), world.queue(), world.engine.user("u:ada").pending) == ([], [], [])
    assert world.engine.decision(waiting.decision).reason == "merged"
    assert world.granted("ada") == [("greet", "m")]


def test_a_reservation_of_what_was_granted_already_leaves_nothing_in_the_queue(people, merge):
    world = people(rule())
    world.one(PHONE, world.write(who=PHONE, message="m"))
    world.one("ada", world.write(message="m"), mode=RESERVE, lease=MINUTE)
    merge(world)
    world.now += MINUTE
    world.engine.sweep()
    assert world.queue() == []


def test_a_request_id_gets_its_first_answer_after_the_merge(people, merge):
    world = people(rule())
    asked = Question("a:phone", COMMIT, world.write(who=PHONE, message="m"), request_id="r", digest=b"1")
    (first,) = world.engine.decide([asked])[0].decisions
    merge(world)
    (again,) = world.engine.decide([asked])[0].decisions
    assert (again.id, again.verdict) == (first.id, NOTIFY)
    assert len(world.granted("ada")) == 1
