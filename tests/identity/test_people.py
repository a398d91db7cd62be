"""One person under several identities: what was known of any of them is known of the person."""

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
    SECOND,
    SUPPRESS,
    at,
    day,
    equals,
    per,
    rule,
    sale,
)  # fmt: skip
from tests.identity.world import PHONE, People, written

WAYS = {
    "identify": lambda world: world.sign_in("ada", "phone"),
    "alias of an anonymous id": lambda world: world.alias("ada", "phone"),
}


@pytest.fixture
def people(opened_people):
    return opened_people


@pytest.fixture(params=WAYS)
def merge(request):
    return WAYS[request.param]


# --- who is who -------------------------------------------------------------------------------------------------------


def test_what_was_known_moves_and_the_log_tells_of_both(people, merge):
    world = people(rule())
    first = world.one(PHONE, world.write(who=PHONE))
    second = world.one("ada", world.write())
    merge(world)
    assert world.engine.user("a:phone").merged_into == "u:ada"
    assert "a:phone" in world.engine.user("u:ada").identities
    for identity in ("u:ada", "a:phone"):
        assert {each.id for each in world.engine.decisions(identity, 10)} == {first.id, second.id}


def test_an_alias_takes_a_user_id_too(people):
    world = people(rule(caps=(day(1),)))
    assert world.one("guest", world.write(who="guest")).verdict == NOTIFY
    world.alias("ada", "guest")
    assert world.one("ada", world.write()).reason == "capped"
    assert world.one("guest", world.write(who="guest")).reason == "capped"


def test_a_chain_of_identities_ends_with_one_person(people):
    world = people(rule(caps=(day(3),)))
    for who in (PHONE, "guest", "ada"):
        assert world.one(who, world.write(who=who)).verdict == NOTIFY
    world.sign_in("guest", "phone")
    world.alias("ada", "guest")
    for who in (PHONE, "guest", "ada"):
        assert world.one(who, world.write(who=who)).reason == "capped"
    assert len(world.granted("ada")) == 3


def test_merging_again_or_in_a_circle_changes_nothing(people):
    world = people(rule(caps=(day(2),)))
    world.tell(who=PHONE)
    for _ in range(2):
        world.sign_in("ada", "phone")
        world.alias("ada", "guest")
        world.alias("guest", "ada")
        world.alias("ada", "ada")
    assert len(world.take()) == 1
    assert len(world.queue()) == 1
    assert world.engine.user("u:ada").identities.count("a:phone") == 1
    assert world.engine.user("u:ada").merged_into == ""


def test_a_person_can_be_made_of_an_identity_alone(people, merge):
    world = people(rule(at_local=18))
    world.tell(who=PHONE)
    merge(world)
    assert [pending.due for pending in world.engine.user("u:ada").pending] == [at("2024-05-01T18:00")]
    assert world.engine.user("u:ada").created == world.now


def test_identities_nobody_has_seen_merge(people, merge):
    world = people(rule(caps=(day(1),)))
    merge(world)
    assert world.one(PHONE, world.write(who=PHONE)).verdict == NOTIFY
    assert world.one("ada", world.write()).reason == "capped"


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


def test_a_request_id_gets_its_first_answer_after_the_merge(people, merge):
    world = people(rule())
    asked = Question("a:phone", COMMIT, world.write(who=PHONE, message="m"), request_id="r", digest=b"1")
    (first,) = world.engine.decide([asked])[0].decisions
    merge(world)
    (again,) = world.engine.decide([asked])[0].decisions
    assert (again.id, again.verdict) == (first.id, NOTIFY)
    assert len(world.granted("ada")) == 1


# --- traits, consent, wishes ------------------------------------------------------------------------------------------


def identify(world, who, seconds, **traits):
    said = world.write("", who, time=world.now - seconds * SECOND)
    said.type, said.traits = "identify", traits
    assert world.ingest(said) == ["ACCEPTED"]


def test_what_was_said_last_holds(people, merge):
    world = people(rule())
    identify(world, PHONE, 3, plan="free", city="Oslo", shoe=40, gone=1)
    identify(world, "ada", 2, plan="pro", city="Rome", hat=9, gone=2)
    identify(world, PHONE, 1, city="Bergen", gone=None, hat=None)
    merge(world)
    assert world.engine.user("u:ada").traits == {"plan": "pro", "city": "Bergen", "shoe": 40}


@pytest.mark.parametrize(("phone", "ada", "reason"), [(2, 1, "due"), (1, 2, "unsubscribed")])
def test_the_newest_word_on_consent_holds(people, merge, phone, ada, reason):
    world = people(rule())
    world.tell("Unsubscribed", PHONE, time=world.now - phone * SECOND)
    world.tell("Subscribed", "ada", time=world.now - ada * SECOND)
    merge(world)
    assert world.one("ada", world.write()).reason == reason


def test_consent_that_was_taken_back_stays_so(people, merge):
    world = people(rule())
    world.tell("Unsubscribed", "ada", time=world.now - SECOND)
    world.engine.prefer("a:phone", {"consents": {"default": "subscribed"}})
    world.engine.prefer("a:phone", {"consents": {}})
    merge(world)
    assert world.one("ada", world.write()).verdict == NOTIFY


def test_wishes_add_up(people, merge):
    world = people(rule())
    world.engine.prefer(
        "a:phone", {"snooze": {"": world.now + HOUR}, "muted": ['"boots"'], "devices": [{"token": "1"}]}
    )
    world.engine.prefer("u:ada", {"snooze": {"": world.now + MINUTE}, "muted": ['"hat"'], "devices": [{"token": "2"}]})
    merge(world)
    assert world.one("ada", world.write()).due == world.now + HOUR
    preferences = world.engine.user("u:ada").preferences
    assert sorted(preferences["muted"]) == ['"boots"', '"hat"']
    assert sorted(device["token"] for device in preferences["devices"]) == ["1", "2"]


def test_opens_and_groups_add_up(people, merge):
    world = people(rule())
    for who in (PHONE, "ada"):
        world.report(world.one(who, world.write(who=who)), "opened")
        said = world.write("", who)
        said.type, said.group_id = "group", f"group of {who}"
        world.ingest(said)
    merge(world)
    user = world.engine.user("u:ada")
    assert user.opens[12] == 2
    assert sorted(user.groups) == ["group of a:phone", "group of ada"]


# --- relations and histories ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("last", "members"), [("Saved", 1), ("Unsaved", 0)])
@pytest.mark.parametrize("phone_is_last", [True, False])
def test_the_latest_word_on_a_relation_holds(people, merge, last, members, phone_is_last):
    world = people(sale())
    first = "Unsaved" if last == "Saved" else "Saved"
    whos = ("ada", PHONE) if phone_is_last else (PHONE, "ada")
    for second, (name, who) in enumerate(zip((first, last), whos, strict=True)):
        world.tell(name, who, time=world.now - (9 - second) * SECOND, product_id="boots")
    merge(world)
    assert world.engine.relation_counts("u:ada") == {"saved": members}
    world.tell("Product Sale", "", product_id="boots")
    world.fan_out()
    assert [each.decision.identity for each in world.take()] == ["u:ada"] * members


def test_a_window_counts_what_all_identities_did_each_once(people, merge):
    world = people(plan="rule third when E where count of Viewed in last 7 days = 3")
    for who, message in ((PHONE, "a"), (PHONE, "b"), ("ada", "b"), ("ada", "c")):
        world.tell("Viewed", who, message, time=world.now - ord(message) * SECOND)
    merge(world)
    assert world.tell("Viewed", PHONE, "a") == "DUPLICATE"
    assert world.tell("Viewed", "ada", "a") == "DUPLICATE"
    assert [each.verdict for each in world.decide_about()] == [NOTIFY]


@pytest.mark.parametrize("pages", range(6))
def test_what_was_not_gathered_yet_is_gathered_for_the_person(pages, merge):
    """The rules begin to read a history when half of it lies under an identity that is not gathered any more."""
    world = People("memory:", rule())
    for who in (PHONE, "ada", "ada"):
        world.tell("Viewed", who)
    world.engine.publish(written("rule third when E where count of Viewed in last 7 days = 3"))
    for _ in range(pages):
        world.engine.backfill()
    merge(world)
    while world.engine.backfill():
        pass
    assert [each.verdict for each in world.decide_about()] == [NOTIFY]


# --- segments, sequences, goals, experiments --------------------------------------------------------------------------

SEGMENT = """
segment fans: count of Viewed in last 7 days >= 2
rule welcome when user enters fans
rule farewell when user leaves fans
  expires after 9 days
"""


@pytest.mark.parametrize("who", [PHONE, "ada"])
def test_who_was_in_a_segment_is_not_welcomed_again(people, merge, who):
    world = people(plan=SEGMENT)
    world.tell("Viewed", "ada" if who == PHONE else PHONE)
    for _ in range(2):
        world.tell("Viewed", who)
    (welcome,) = world.take()
    assert (welcome.decision.rule, world.report(welcome.decision, "sent").flaw) == ("welcome", None)
    merge(world)
    assert world.take() == []
    world.now += 7 * DAY
    assert [each.decision.rule for each in world.take()] == ["farewell"]


def test_who_is_in_a_segment_only_as_one_person_is_welcomed_once(people, merge):
    world = people(plan=SEGMENT)
    world.tell("Viewed", PHONE)
    world.tell("Viewed", "ada")
    merge(world)
    assert [each.decision.rule for each in world.take()] == ["welcome"]


def test_a_wait_ends_by_what_the_other_identity_does(people, merge):
    world = people(plan="rule left when Added, then no Ordered within 2 hours\n  expires after 9 hours")
    world.tell("Added", PHONE)
    world.now += HOUR
    merge(world)
    world.tell("Ordered", "ada")
    world.now += HOUR
    assert world.take() == []
    assert world.engine.decisions("u:ada", 1)[0].reason == "cancelled"


GOAL = "rule greet\n  when E\n  goal Ordered within 2 days"


def converted(world, decision):
    return [outcome for outcome, _ in world.engine.decision(decision.id).outcomes].count("converted")


def test_a_goal_is_reached_through_either_identity_and_credited_once(people, merge):
    world = people(plan=GOAL)
    (phone,) = world.decide_about(who=PHONE)
    world.now += SECOND
    (ada,) = world.decide_about(who="ada")
    merge(world)
    for decision in (phone, ada):
        world.report(decision, "sent")
    world.now += SECOND
    world.tell("Ordered", PHONE)
    assert (converted(world, phone), converted(world, ada)) == (0, 1)
    world.report(ada, "failed")
    assert (converted(world, phone), converted(world, ada)) == (1, 0)


HELD = "holdout 50%\nrule greet\n  when E\n  max 9/day\n"


def test_who_was_dealt_out_stays_where_they_were(people, merge):
    world = people(plan=HELD)
    for number in range(12):
        device, user = f"phone{number}", f"ada{number}"
        (before,) = world.decide_about(who=f"a:{device}")
        world.sign_in(user, device)
        (after,) = world.decide_about(who=user)
        assert (after.verdict, after.reason) == (before.verdict, before.reason)


# --- devices that several people have ---------------------------------------------------------------------------------


def test_a_shared_device_follows_whoever_signed_in_last(people):
    world = people(rule(caps=(day(1),)))
    early = world.one(PHONE, world.write(who=PHONE))
    world.sign_in("ada", "phone")
    world.sign_in("bob", "phone")
    assert world.one(PHONE, world.write(who=PHONE)).identity == "u:bob"
    assert world.one("bob", world.write(who="bob")).reason == "capped"
    assert world.one("ada", world.write()).reason == "capped"
    world.report(early, "failed")
    assert world.one("ada", world.write()).verdict == NOTIFY
    assert world.one("bob", world.write(who="bob")).reason == "capped"


def test_who_unsubscribes_by_an_old_notification_is_who_got_it(people):
    world = people(rule())
    early = world.one(PHONE, world.write(who=PHONE))
    world.sign_in("ada", "phone")
    world.sign_in("bob", "phone")
    world.report(early, "unsubscribed")
    assert world.one("ada", world.write()).reason == "unsubscribed"
    assert world.one("bob", world.write(who="bob")).verdict == NOTIFY


def test_a_device_that_comes_back_is_its_owners(people):
    world = people(rule(caps=(day(1),)))
    early = world.one(PHONE, world.write(who=PHONE))
    for user in ("ada", "bob", "ada"):
        world.sign_in(user, "phone")
    assert world.one(PHONE, world.write(who=PHONE)).reason == "capped"
    world.report(early, "failed")
    assert world.one(PHONE, world.write(who=PHONE)).identity == "u:ada"


def test_owners_who_turn_out_to_be_one_person_get_everything(people):
    world = people(rule(caps=(day(2),)))
    world.one(PHONE, world.write(who=PHONE))
    world.sign_in("ada", "phone")
    world.sign_in("bob", "phone")
    assert world.one(PHONE, world.write(who=PHONE)).verdict == NOTIFY
    world.alias("bob", "ada")
    for who in (PHONE, "ada", "bob"):
        assert world.one(who, world.write(who=who)).reason == "capped"


# --- at the edges -----------------------------------------------------------------------------------------------------


def test_asking_about_an_identify_leaves_the_merge_to_ingest(people):
    world = people(rule(caps=(day(1),)))
    world.one(PHONE, world.write(who=PHONE))
    said = world.write("", "ada")
    said.type, said.anonymous_id, said.traits = "identify", "phone", {"plan": "pro"}
    assert world.decide("ada", said) == []
    assert world.ingest(said) == ["ACCEPTED"]
    assert world.ingest(said) == ["DUPLICATE"]
    assert world.engine.user("u:ada").traits == {"plan": "pro"}
    assert world.one("ada", world.write()).reason == "capped"


def test_identities_that_are_loaded_as_history_merge_without_doubles(people):
    world = people(rule())
    for who in (PHONE, "ada"):
        world.tell(who=who, message="m")
    world.sign_in(history=True)
    assert len(world.take()) == 1


def test_a_merge_within_a_batch_sees_what_came_before_it(people):
    world = people(rule(at_local=18))
    signed = world.write("", "ada")
    signed.type, signed.anonymous_id, signed.traits = "identify", "phone", {}
    assert world.ingest(world.write(who=PHONE), signed, world.write(who=PHONE), world.write()) == ["ACCEPTED"] * 4
    assert len(world.engine.user("u:ada").pending) == 3
    assert world.engine.user("u:ada").pending[0].due == at("2024-05-01T18:00")


def test_a_removed_identity_in_a_condition_is_read_from_the_person(people, merge):
    world = people(rule(where=equals("plan", "pro", "user")))
    identify(world, "ada", 1, plan="pro")
    merge(world)
    assert world.one(PHONE, world.write(who=PHONE)).verdict == NOTIFY
    identify(world, PHONE, 0, plan="free")
    assert world.one("ada", world.write(), rule="greet").verdict == SUPPRESS
