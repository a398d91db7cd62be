"""`A then B within D`: fires on whichever of the two arrives last, about the second."""

from itertools import permutations

from duly.engine.decision import Verdict
from tests.triggers.world import World, ts

RULE = """
rule came_back
  when Product Viewed then Product Added with the same product_id within 2 hours
  where price >= 20
  send "Still thinking about {name or 'it'}?"
"""


def test_it_fires_on_the_second_event(store):
    world = World(store, RULE)
    world.track("ada", "Product Viewed", product_id="boots")
    world.at("2024-05-01 09:00")
    world.track("ada", "Product Added", id="b1", product_id="boots", price=30, name="Boots")
    [decision] = world.due()
    assert (decision.message_id, decision.event_time) == ("b1", ts("2024-05-01 09:00"))
    assert decision.body == "Still thinking about Boots?"


def test_it_fires_on_the_first_event_when_that_arrives_last(store):
    world = World(store, RULE, "2024-05-01 10:00")
    world.track("ada", "Product Added", "2024-05-01 09:00", id="b1", product_id="boots", price=30, name="Boots")
    world.track("ada", "Product Added", "2024-05-01 09:30", id="b2", product_id="boots", price=30)
    world.track("ada", "Product Added", "2024-05-01 09:40", id="b3", product_id="boots", price=10)
    assert world.waiting("ada") == []
    world.track("ada", "Product Viewed", "2024-05-01 08:00", product_id="boots")
    bodies = {decision.message_id: decision.body for decision in world.due()}
    assert bodies == {"b1": "Still thinking about Boots?", "b2": "Still thinking about it?"}


def test_each_second_event_is_one_instance(store):
    world = World(store, RULE)
    world.track("ada", "Product Viewed", "2024-05-01 07:00", product_id="boots")
    world.track("ada", "Product Added", id="b1", product_id="boots", price=30)
    world.track("ada", "Product Viewed", "2024-05-01 07:30", product_id="boots")
    assert [message for message, _ in world.waiting("ada")] == ["b1"]


def test_the_window_is_closed_at_its_start_and_open_at_its_end(store):
    for first, fires in (("2024-05-01 06:00", True), ("2024-05-01 05:59", False), ("2024-05-01 08:00", False)):
        world = World(store, RULE)
        user = f"user{first[-5:-3]}{first[-2:]}"
        world.track(user, "Product Viewed", first, product_id="boots")
        world.track(user, "Product Added", product_id="boots", price=30)
        assert bool(world.waiting(user)) == fires


def test_another_key_or_none_does_not_count(store):
    world = World(store, RULE)
    world.track("ada", "Product Viewed", "2024-05-01 07:00", product_id="hat")
    world.track("ada", "Product Viewed", "2024-05-01 07:00")
    world.track("ada", "Product Added", product_id="boots", price=30)
    event = world.event("ada", "Product Added", price=30)
    [decision] = world.decide("ada", event)
    assert world.waiting("ada") == []
    assert decision.inputs[0] == ["match", "product_id is missing, so that no other event can have the same"]


def test_every_order_of_arrival_makes_the_same_instances(store):
    viewed, added = "Product Viewed", "Product Added"
    story = [(viewed, "07:00"), (added, "08:00"), (viewed, "08:30"), (added, "10:00")]
    for number, order in enumerate(permutations(range(4))):
        world = World(store, RULE, "2024-05-01 11:00")
        user = f"u{number}"
        for place in order:
            name, clock = story[place]
            world.track(user, name, f"2024-05-01 {clock}", id=f"e{place}", product_id="boots", price=30)
        assert [message for message, _ in world.waiting(user)] == ["e1", "e3"]


def test_a_decision_about_the_second_event_is_an_answer(store):
    world = World(store, RULE)
    world.track("ada", "Product Viewed", "2024-05-01 07:00", product_id="boots")
    [decision] = world.decide("ada", world.event("ada", "Product Added", product_id="boots", price=30))
    assert decision.verdict == Verdict.NOTIFY


def test_an_event_about_a_thing_may_be_the_second(store):
    rule = """
event Product Sale about product
relation saved: user to product by product_id, added by Product Added to Wishlist

rule seen_then_sale
  when Product Viewed then Product Sale with the same product_id within 7 days
  where user saved product
"""
    world = World(store, rule)
    for user in ("ada", "bob"):
        world.track(user, "Product Added to Wishlist", product_id="boots")
    world.track("ada", "Product Viewed", product_id="boots")
    world.at("2024-05-03 08:00")
    world.track("", "Product Sale", id="s1", product_id="boots")
    assert [message for message, _ in world.waiting("ada")] == ["s1"]
    assert world.waiting("bob") == []
