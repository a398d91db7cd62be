"""`unless E`: what happened at or after the trigger cancels, whatever arrived first."""

from duly.engine.decision import Gate, Verdict
from tests.triggers.world import World, ts

RULE = """
rule price_drop
  when Price Dropped
  at 18:00 local
  unless Order Completed with the same product_id
"""


def test_it_cancels_what_waits_at_once(store):
    world = World(store, RULE)
    world.track("ada", "Price Dropped", product_id="boots")
    world.track("ada", "Price Dropped", product_id="hat")
    world.at("2024-05-01 09:00")
    world.track("ada", "Order Completed", product_id="boots")
    assert len(world.waiting("ada")) == 1
    cancelled = next(d for d in world.log("ada") if d.reason == "cancelled")
    assert cancelled.statuses[Gate.CANCELLED] == 2
    assert cancelled.verdict == Verdict.SUPPRESS


def test_it_cancels_when_it_arrives_before_the_trigger(store):
    world = World(store, RULE, "2024-05-01 10:00")
    world.track("ada", "Order Completed", "2024-05-01 09:00", product_id="boots")
    world.track("ada", "Price Dropped", "2024-05-01 08:00", product_id="boots")
    assert world.reasons("ada") == ["cancelled"]


def test_at_the_same_instant_it_counts_and_before_it_does_not(store):
    world = World(store, RULE)
    world.track("ada", "Order Completed", "2024-05-01 07:59", product_id="boots")
    world.track("ada", "Price Dropped", product_id="boots")
    assert len(world.waiting("ada")) == 1
    world.track("ada", "Order Completed", product_id="boots")
    assert world.waiting("ada") == []


def test_without_a_key_any_such_event_cancels(store):
    world = World(store, "rule r\n  when Price Dropped\n  at 18:00 local\n  unless App Opened\n")
    world.track("ada", "Price Dropped", product_id="boots")
    world.track("ada", "App Opened")
    assert world.waiting("ada") == []


def test_a_trigger_does_not_cancel_itself(store):
    world = World(store, "rule r\n  when Price Dropped\n  at 18:00 local\n  unless Price Dropped\n")
    world.track("ada", "Price Dropped", "2024-05-01 07:00", id="p1")
    assert len(world.waiting("ada")) == 1
    world.track("ada", "Price Dropped", id="p2")
    assert [message for message, _ in world.waiting("ada")] == ["p2"]


def test_a_decision_about_the_cancelling_event_cancels_too(store):
    world = World(store, RULE)
    [decision] = world.decide("ada", world.event("ada", "Price Dropped", product_id="boots"))
    assert decision.verdict == Verdict.DEFER
    world.decide("ada", world.event("ada", "Order Completed", product_id="boots"))
    assert world.waiting("ada") == []


def test_it_is_noted_when_it_arrives_after_the_grant(store):
    world = World(store, "rule r\n  when Price Dropped\n  unless Order Completed with the same product_id\n")
    world.track("ada", "Price Dropped", product_id="boots")
    world.at("2024-05-01 09:00")
    [decision] = world.due()
    world.at("2024-05-01 10:00")
    world.track("ada", "Order Completed", product_id="boots")
    assert Gate.CANCELLED not in world.engine.decision(decision.id).inputs
    world.track("ada", "Order Completed", "2024-05-01 08:30", product_id="boots")
    assert world.engine.decision(decision.id).inputs[Gate.CANCELLED][0] == "late-cancel"


def test_what_an_absence_waits_for_ends_with_its_own_wait(store):
    rule = """
rule cart_left
  when Product Added, then no Order Completed with the same cart_id within 2 hours
  unless Cart Emptied with the same cart_id
"""
    world = World(store, rule)
    world.track("ada", "Product Added", cart_id="c1")
    world.at("2024-05-01 08:30")
    world.track("ada", "Cart Emptied", cart_id="c1")
    assert world.waiting("ada") == []


def test_a_reservation_given_back_after_the_event_is_cancelled(store):
    from duly.engine.api import Mode

    world = World(store, "rule r\n  when Price Dropped\n  unless Order Completed\n")
    event = world.event("ada", "Price Dropped")
    [decision] = world.decide("ada", event, Mode.RESERVE)
    assert decision.verdict == Verdict.NOTIFY
    world.at("2024-05-01 08:00:30")
    world.track("ada", "Order Completed")
    world.at("2024-05-01 08:05")
    assert world.due() == []
    assert world.engine.decision(decision.id).reason == "cancelled"


def test_thing_events_are_cancelled_for_each_user(store):
    rule = """
event Product Sale about product
relation saved: user to product by product_id, added by Product Added to Wishlist

rule sale
  when Product Sale where user saved product
  at 18:00 local
  unless Order Completed with the same product_id
"""
    world = World(store, rule)
    for user in ("ada", "bob"):
        world.track(user, "Product Added to Wishlist", product_id="boots")
    world.track("", "Product Sale", id="s1", product_id="boots")
    assert world.waiting("ada") == world.waiting("bob") == [("s1", ts("2024-05-01 18:00"))]
    world.track("ada", "Order Completed", product_id="boots")
    assert world.waiting("ada") == []
    assert len(world.waiting("bob")) == 1
