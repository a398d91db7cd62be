"""What rules read and nobody kept is gathered from the event log; until then it is unknown, and says so."""

from duly.engine.decision import Verdict
from tests.triggers.world import DAY, World, ts

PLAIN = "rule r\n  when App Opened\n"
COUNT = """
rule third_order
  when App Opened where count of Order Completed where total > 10 in last 30 days >= 3
"""
QUIET = """
rule come_back
  when App Opened where user has not done Order Completed in last 7 days
"""
RELATION = """
event Product Sale about product
relation liked: user to product by product_id, added by Liked, removed by Unliked

rule sale
  when Product Sale where user liked product
"""


def gather(world) -> int:
    pages = 0
    while world.engine.backfill():
        pages += 1
    return pages


def opened(world, user="ada"):
    [decision] = world.decide(user, world.event(user, "App Opened"))
    return decision


def test_a_new_store_knows_everything(store):
    world = World(store, QUIET)
    assert world.engine.backfill_progress() is None
    assert opened(world).verdict == Verdict.NOTIFY


def test_new_history_is_unknown_until_it_is_gathered(store):
    world = World(store, PLAIN)
    for number in range(3):
        world.track("ada", "Order Completed", ts("2024-04-20 08:00") + number * DAY, total=20)
    world.track("ada", "Order Completed", "2024-04-25 08:00", total=5)
    world.publish(COUNT)
    assert world.engine.backfill_progress() is not None
    assert opened(world).reason == "unknown"
    gather(world)
    assert world.engine.backfill_progress() is None
    assert opened(world).verdict == Verdict.NOTIFY
    world.now += 20 * DAY
    assert opened(world).reason == "no-match"


def test_who_has_not_done_something_is_unknown_while_nobody_looked(store):
    world = World(store, PLAIN)
    world.track("ada", "Order Completed", "2024-04-30 08:00")
    world.track("bob", "App Closed", "2024-04-30 08:00")
    world.publish(QUIET)
    assert opened(world, "bob").reason == "unknown"
    gather(world)
    assert opened(world, "bob").verdict == Verdict.NOTIFY
    assert opened(world, "ada").reason == "no-match"


def test_what_arrives_while_it_is_gathered_is_there_once(store):
    world = World(store, PLAIN)
    for number in range(2):
        world.track("ada", "Order Completed", ts("2024-04-20 08:00") + number * DAY, total=20)
    world.publish(COUNT)
    world.track("ada", "Order Completed", total=20)
    gather(world)
    world.publish(COUNT.replace(">= 3", "= 3"))
    assert opened(world).verdict == Verdict.NOTIFY


def test_gathering_goes_on_after_a_restart(store):
    world = World(store, PLAIN)
    for number in range(100):
        world.track(f"u{number}", "Order Completed", "2024-04-30 08:00")
    world.publish(QUIET)
    assert world.engine.backfill()
    before = world.engine.backfill_progress()
    again = World(store, QUIET, "2024-05-01 09:00")
    assert again.engine.backfill_progress() == before
    assert opened(again, "nobody").reason == "unknown"
    gather(again)
    assert opened(again, "nobody").verdict == Verdict.NOTIFY
    assert {opened(again, f"u{number}").reason for number in range(100)} == {"no-match"}


def test_a_restart_with_the_same_rules_gathers_nothing(store):
    world = World(store, QUIET)
    world.track("ada", "Order Completed")
    again = World(store, QUIET, "2024-05-01 09:00")
    assert again.engine.backfill_progress() is None
    assert opened(again).reason == "no-match"


def test_a_restart_with_other_rules_gathers_what_is_new(store):
    world = World(store, PLAIN)
    world.track("ada", "Order Completed")
    again = World(store, QUIET, "2024-05-01 09:00")
    assert gather(again) > 0
    assert opened(again).reason == "no-match"


def test_a_longer_window_keeps_what_is_known(store):
    world = World(store, QUIET)
    world.track("ada", "Order Completed", "2024-04-11 08:00")
    longer = QUIET.replace("7 days", "30 days").replace("come_back", "long_gone")
    world.publish(QUIET + longer)
    event = world.event("ada", "App Opened")
    reasons = {decision.rule: decision.reason for decision in world.decide("ada", event)}
    assert reasons == {"come_back": "due", "long_gone": "unknown"}
    gather(world)
    event = world.event("ada", "App Opened")
    reasons = {decision.rule: decision.reason for decision in world.decide("ada", event)}
    assert reasons == {"come_back": "due", "long_gone": "no-match"}


def test_an_old_relation_is_gathered(store):
    world = World(store, PLAIN)
    world.track("ada", "Liked", "2024-04-01 08:00", product_id="boots")
    world.track("bob", "Unliked", "2024-04-03 08:00", product_id="boots")
    world.track("bob", "Liked", "2024-04-02 08:00", product_id="boots")
    world.publish(RELATION)
    gather(world)
    world.track("", "Product Sale", id="s1", product_id="boots")
    while world.engine.fan_out():
        pass
    assert [decision.identity for decision in world.due()] == ["u:ada"]


def test_a_relation_that_means_something_else_forgets_what_it_meant(store):
    world = World(store, RELATION)
    world.track("ada", "Liked", product_id="boots", sku="hat")
    world.publish(RELATION.replace("product_id", "sku"))
    gather(world)
    assert world.engine.relation_counts("u:ada") == {"liked": 1}
    world.track("", "Product Sale", id="s1", product_id="boots", sku="boots")
    assert world.due() == []
    world.track("", "Product Sale", id="s2", sku="hat")
    while world.engine.fan_out():
        pass
    assert [decision.message_id for decision in world.due()] == ["s2"]


def test_what_a_merged_identity_did_is_gathered_too(store):
    world = World(store, PLAIN)
    event = world.event("", "Order Completed", "2024-04-30 08:00")
    event.anonymous_id = "phone"
    world.engine.ingest([event])
    event = world.event("ada", "")
    event.type, event.traits, event.anonymous_id = "identify", {}, "phone"
    world.engine.ingest([event])
    world.publish(QUIET)
    gather(world)
    assert opened(world).reason == "no-match"


def test_absences_look_back_on_what_was_gathered(store):
    world = World(store, PLAIN)
    world.track("ada", "Order Completed", "2024-05-01 07:30", cart_id="c1")
    world.publish("rule left\n  when Product Added, then no Order Completed with the same cart_id within 2 hours\n")
    gather(world)
    world.track("ada", "Product Added", "2024-05-01 07:00", cart_id="c1")
    assert world.waiting("ada") == []
