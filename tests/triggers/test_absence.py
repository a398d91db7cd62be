"""`A, then no B within D`: one instance per user and key, whatever the order in which events arrive."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from duly.engine.decision import Gate, Verdict
from duly.stores.open import open_store
from tests.triggers.world import HOUR, MINUTE, World, ts

RULE = """
rule cart_left
  when Product Added, then no Order Completed with the same cart_id within 2 hours
"""


def test_it_fires_when_the_event_stays_away(store):
    world = World(store, RULE)
    world.track("ada", "Product Added", cart_id="c1")
    assert [due for _, due in world.waiting("ada")] == [ts("2024-05-01 10:00")]
    world.at("2024-05-01 09:59")
    assert world.due() == []
    world.at("2024-05-01 10:00")
    [decision] = world.due()
    assert decision.verdict == Verdict.NOTIFY
    assert decision.event_time == ts("2024-05-01 08:00")
    assert decision.expires == ts("2024-05-02 10:00")


def test_the_awaited_event_cancels_at_once(store):
    world = World(store, RULE)
    world.track("ada", "Product Added", cart_id="c1")
    world.track("ada", "Product Added", cart_id="c2")
    world.at("2024-05-01 08:30")
    world.track("ada", "Order Completed", cart_id="c1")
    assert len(world.waiting("ada")) == 1
    assert "cancelled" in world.reasons("ada")
    cancelled = next(d for d in world.log("ada") if d.reason == "cancelled")
    assert cancelled.inputs[Gate.CANCELLED] == ["cancelled", "Order Completed", ts("2024-05-01 08:30")]


def test_the_awaited_event_may_arrive_first(store):
    world = World(store, RULE, "2024-05-01 09:00")
    world.track("ada", "Order Completed", "2024-05-01 08:30", cart_id="c1")
    world.track("ada", "Product Added", "2024-05-01 08:00", cart_id="c1")
    assert world.waiting("ada") == []


def test_what_happened_before_or_after_the_window_does_not_count(store):
    world = World(store, RULE, "2024-05-01 12:00")
    world.track("ada", "Order Completed", "2024-05-01 08:00", cart_id="c1")
    world.track("ada", "Order Completed", "2024-05-01 10:01", cart_id="c1")
    world.track("ada", "Product Added", "2024-05-01 08:00", cart_id="c1")
    assert len(world.due()) == 1


def test_the_end_of_the_window_counts(store):
    world = World(store, RULE, "2024-05-01 12:00")
    world.track("ada", "Order Completed", "2024-05-01 10:00", cart_id="c1")
    world.track("ada", "Product Added", "2024-05-01 08:00", cart_id="c1")
    assert world.due() == []


def test_the_newest_event_restarts_the_wait(store):
    world = World(store, RULE)
    world.track("ada", "Product Added", id="a1", cart_id="c1")
    world.at("2024-05-01 09:00")
    world.track("ada", "Product Added", id="a2", cart_id="c1")
    assert world.waiting("ada") == [("a2", ts("2024-05-01 11:00"))]
    assert "restarted" in world.reasons("ada")


def test_an_older_event_that_arrives_late_makes_no_instance(store):
    world = World(store, RULE, "2024-05-01 09:00")
    world.track("ada", "Product Added", id="a2", cart_id="c1")
    world.track("ada", "Product Added", "2024-05-01 08:00", id="a1", cart_id="c1")
    assert world.waiting("ada") == [("a2", ts("2024-05-01 11:00"))]


def test_without_the_key_there_is_no_instance(store):
    world = World(store, RULE)
    event = world.track("ada", "Product Added")
    assert world.waiting("ada") == []
    [decision] = world.decide("ada", event)
    assert decision.reason == "no-match"


def test_a_rule_without_a_key_has_one_instance_per_user(store):
    world = World(store, "rule r\n  when Product Added, then no Order Completed within 2 hours\n")
    world.track("ada", "Product Added", cart_id="c1")
    world.at("2024-05-01 09:00")
    world.track("ada", "Product Added", cart_id="c2")
    assert [due for _, due in world.waiting("ada")] == [ts("2024-05-01 11:00")]


def test_what_arrives_after_the_grant_cannot_undo_it(store):
    world = World(store, RULE)
    world.track("ada", "Product Added", cart_id="c1")
    world.at("2024-05-01 10:30")
    [decision] = world.due()
    world.track("ada", "Order Completed", "2024-05-01 10:01", cart_id="c1")
    world.track("ada", "Order Completed", "2024-05-01 09:00", cart_id="c2")
    assert Gate.CANCELLED not in world.engine.decision(decision.id).inputs
    world.track("ada", "Order Completed", "2024-05-01 09:00", cart_id="c1")
    logged = world.engine.decision(decision.id)
    assert logged.inputs[Gate.CANCELLED] == ["late-cancel", "Order Completed", ts("2024-05-01 09:00")]
    assert logged.verdict == Verdict.NOTIFY


def test_a_decision_about_the_first_event_waits(store):
    world = World(store, RULE)
    [decision] = world.decide("ada", world.event("ada", "Product Added", cart_id="c1"))
    assert (decision.verdict, decision.due) == (Verdict.DEFER, ts("2024-05-01 10:00"))
    world.at("2024-05-01 09:00")
    world.decide("ada", world.event("ada", "Order Completed", cart_id="c1"))
    assert world.waiting("ada") == []


def test_what_can_change_is_judged_when_the_wait_is_over(store):
    world = World(store, RULE.rstrip() + "\n  where user.premium is true\n")
    world.track("ada", "Product Added", cart_id="c1")
    world.track("bob", "Product Added", cart_id="c1")
    world.at("2024-05-01 09:00")
    world.identify("ada", premium=True)
    world.at("2024-05-01 10:00")
    assert [decision.identity for decision in world.due()] == ["u:ada"]


def test_an_event_may_be_awaited_after_itself(store):
    world = World(store, "rule churn\n  when Order Completed, then no Order Completed within 2 hours\n")
    world.track("ada", "Order Completed", id="o1")
    world.at("2024-05-01 09:00")
    world.track("ada", "Order Completed", id="o2")
    assert world.waiting("ada") == [("o2", ts("2024-05-01 11:00"))]


def test_of_two_events_at_one_instant_one_counts(store):
    for user, order in (("ada", ("a1", "a2")), ("bob", ("a2", "a1"))):
        world = World(store, RULE)
        for id in order:
            world.track(user, "Product Added", id=id, cart_id="c1")
        assert world.waiting(user) == [("a2", ts("2024-05-01 10:00"))]


THING = """
event Product Sale about product
relation saved: user to product by product_id, added by Product Added to Wishlist

rule nobody_bought
  when Product Sale, then no Order Completed with the same product_id within 2 hours
  where user saved product
"""


def test_an_event_about_a_thing_is_waited_on_by_each_user(store):
    world = World(store, THING)
    for user in ("ada", "bob"):
        world.track(user, "Product Added to Wishlist", product_id="boots")
    world.track("", "Product Sale", id="s1", product_id="boots")
    world.at("2024-05-01 09:00")
    world.track("ada", "Order Completed", product_id="boots")
    world.track("", "Product Sale", "2024-05-01 08:30", id="s2", product_id="boots")
    world.track("", "Product Sale", "2024-05-01 08:10", id="s3", product_id="boots")
    assert world.waiting("ada") == []
    assert world.waiting("bob") == [("s2", ts("2024-05-01 10:30"))]


def test_a_merge_leaves_one_instance(store):
    world = World(store, RULE)
    event = world.event("", "Product Added", id="a1", cart_id="c1")
    event.anonymous_id = "phone"
    world.engine.ingest([event])
    world.at("2024-05-01 08:30")
    world.track("ada", "Product Added", id="a2", cart_id="c1")
    event = world.event("ada", "")
    event.type, event.traits, event.anonymous_id = "identify", {}, "phone"
    world.engine.ingest([event])
    assert world.waiting("ada") == [("a2", ts("2024-05-01 10:30"))]


# --- every order of arrival gives the same ----------------------------------------------------------------------------

START = ts("2024-05-01 08:00")
events = st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 12), st.sampled_from(["c1", "c2"]))


def oracle(history) -> set[tuple[str, int]]:
    """For each cart the newest A, unless a B follows within two hours; times are in quarters of an hour."""
    found = set()
    for cart in {cart for _, _, cart in history}:
        adds = [time for kind, time, where in history if (kind, where) == ("A", cart)]
        if not adds:
            continue
        newest = max(adds)
        ends = [time for kind, time, where in history if (kind, where) == ("B", cart)]
        if not any(newest < time <= newest + 8 for time in ends):
            found.add((cart, newest))
    return found


def arrive(history, order, text=RULE, names=("Product Added", "Order Completed")):
    world = World(open_store("memory:", buckets=1), text)
    world.now = START + 3 * HOUR
    for number in order:
        kind, time, cart = history[number]
        name = names[0] if kind == "A" else names[1]
        world.track("ada", name, START + time * 15 * MINUTE, id=f"e{number}", cart_id=cart)
    return world


@settings(max_examples=150, deadline=None)
@given(st.lists(events, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_what_an_oracle_says(history, random):
    order = list(range(len(history)))
    random.shuffle(order)
    world = arrive(history, order)
    pending = world.user("ada").pending
    waiting = {(each.key.strip('"'), (each.event_time - START) // (15 * MINUTE)) for each in pending}
    assert waiting == oracle(history)
    assert len(pending) == len(waiting)


def test_every_order_of_a_tangled_history():
    history = [("A", 0, "c1"), ("B", 2, "c1"), ("A", 4, "c1"), ("A", 4, "c1"), ("B", 4, "c1")]
    for order in permutations(range(len(history))):
        assert len(arrive(history, order).user("ada").pending) == 1
