"""Who is who: identities become one person, in chains, circles and batches, and devices go from one to the next."""

from tests.engine.world import (
    NOTIFY,
    at,
    day,
    rule,
)  # fmt: skip
from tests.identity.world import PHONE

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
