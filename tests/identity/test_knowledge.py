"""What was known of an identity is known of the person: traits, consent, relations, windows, segments, goals."""

import pytest

from tests.engine.world import (
    DAY,
    HOUR,
    MINUTE,
    NOTIFY,
    SECOND,
    SUPPRESS,
    equals,
    rule,
    sale,
)  # fmt: skip
from tests.identity.world import PHONE, People, written

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


def test_a_removed_identity_in_a_condition_is_read_from_the_person(people, merge):
    world = people(rule(where=equals("plan", "pro", "user")))
    identify(world, "ada", 1, plan="pro")
    merge(world)
    assert world.one(PHONE, world.write(who=PHONE)).verdict == NOTIFY
    identify(world, PHONE, 0, plan="free")
    assert world.one("ada", world.write(), rule="greet").verdict == SUPPRESS


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
