"""`when user enters|leaves SEGMENT`: by events, by the passing of time, and never for what was so before."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from duly.stores.open import open_store
from tests.triggers.world import DAY, HOUR, MINUTE, World, ts

BIG = """
segment big_spenders: count of Order Completed in last 90 days >= 3

rule welcome
  when user enters big_spenders

rule farewell
  when user leaves big_spenders
  expires after 30 days
"""


def rules(decisions) -> list[str]:
    return sorted(decision.rule for decision in decisions)


def orders(world, user, *days):
    for day in days:
        world.track(user, "Order Completed", day)


def test_an_event_takes_a_user_in(store):
    world = World(store, BIG)
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00")
    assert world.waiting("ada") == []
    orders(world, "ada", "2024-05-01 08:00")
    [decision] = world.due()
    assert decision.rule == "welcome"
    assert decision.message_id == f"segment:big_spenders:{world.now}"
    assert decision.event_time == world.now
    orders(world, "ada", "2024-05-01 07:00")
    assert world.due() == []


def test_it_makes_no_difference_in_which_order_events_arrive(store):
    days = ("2024-04-01 08:00", "2024-04-02 08:00", "2024-05-01 08:00")
    for number, order in enumerate(permutations(days)):
        world = World(store, BIG)
        orders(world, f"u{number}", *order)
        assert rules(world.due()) == ["welcome"]


def test_time_alone_takes_a_user_out_at_the_instant(store):
    world = World(store, BIG)
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00", "2024-05-01 08:00")
    world.due()
    world.now = ts("2024-04-01 08:00") + 90 * DAY - 1
    assert world.due() == []
    world.now += 1
    [decision] = world.due()
    assert (decision.rule, decision.event_time) == ("farewell", world.now)


def test_after_an_outage_the_instant_is_that_of_the_change(store):
    world = World(store, BIG)
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00", "2024-05-01 08:00")
    world.due()
    left = ts("2024-04-01 08:00") + 90 * DAY
    world.now = left + 5 * DAY
    [decision] = world.due()
    assert (decision.rule, decision.event_time) == ("farewell", left)


def test_a_question_looks_at_the_clock_too(store):
    world = World(store, BIG)
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00", "2024-05-01 08:00")
    world.due()
    world.now = ts("2024-04-01 08:00") + 90 * DAY
    assert rules(world.decide("ada")) == ["farewell"]
    assert world.due() == []


def test_checks_survive_a_restart(store):
    world = World(store, BIG)
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00", "2024-05-01 08:00")
    world.due()
    again = World(store, BIG)
    again.now = ts("2024-04-01 08:00") + 90 * DAY
    assert rules(again.due()) == ["farewell"]


def test_silence_longer_than_a_constant_is_noticed_when_it_is(store):
    text = """
segment dormant: time since App Opened > 3 days

rule come_back
  when user enters dormant

rule there_you_are
  when user leaves dormant
"""
    world = World(store, text)
    world.track("ada", "App Opened")
    start = world.now
    world.now = start + 3 * DAY
    assert world.due() == []
    world.now += 1
    assert rules(world.due()) == ["come_back"]
    world.track("ada", "App Opened")
    assert rules(world.due()) == ["there_you_are"]


def test_a_late_event_moves_the_check(store):
    text = "segment dormant: time since App Opened > 3 days\nrule come_back\n  when user enters dormant\n"
    world = World(store, text)
    world.track("ada", "App Opened", "2024-05-01 06:00")
    world.track("ada", "App Opened", "2024-05-01 07:00")
    world.now = ts("2024-05-04 06:59")
    assert world.due() == []
    world.now = ts("2024-05-04 07:01")
    [decision] = world.due()
    assert decision.event_time == ts("2024-05-04 07:00") + 1


def test_traits_take_users_in_and_out(store):
    text = """
segment premium: user.plan = "premium"
rule hello
  when user enters premium
rule bye
  when user leaves premium
"""
    world = World(store, text)
    world.identify("ada", plan="premium")
    assert rules(world.due()) == ["hello"]
    world.now += DAY
    world.identify("ada", plan="free")
    assert rules(world.due()) == ["bye"]
    world.now += DAY
    world.identify("ada", plan=None)
    assert world.due() == []


def test_an_unknown_truth_changes_nothing(store):
    text = 'segment premium: user.plan = "premium"\nrule bye\n  when user leaves premium\n'
    world = World(store, text)
    world.identify("ada", plan="premium")
    world.identify("ada", plan=None)
    assert world.due() == []
    world.identify("ada", plan="premium")
    world.identify("ada", plan="free")
    assert rules(world.due()) == ["bye"]


def test_days_of_the_week_change_at_midnight_where_the_user_is(store):
    text = "segment monday: day of week = Monday\nrule hello\n  when user enters monday\n"
    world = World(store, text)
    world.identify("ada", timezone="America/New_York")
    world.at("2024-05-06 03:59")
    assert world.due() == []
    world.at("2024-05-06 04:00")
    assert rules(world.due()) == ["hello"]


def test_segments_within_segments_are_followed(store):
    text = """
segment buyer: count of Order Completed in last 90 days >= 1
segment fan: user in buyer and user.premium is true
rule hello
  when user enters fan
"""
    world = World(store, text)
    world.identify("ada", premium=True)
    world.track("ada", "Order Completed")
    assert rules(world.due()) == ["hello"]


def test_who_was_inside_before_is_not_greeted(store):
    world = World(store, "rule r\n  when App Opened where count of Order Completed in last 90 days >= 3\n")
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00", "2024-04-03 08:00")
    orders(world, "bob", "2024-04-01 08:00", "2024-04-02 08:00")
    world.at("2024-05-02 08:00")
    world.publish(BIG)
    world.track("ada", "Order Completed")
    world.track("bob", "Order Completed")
    assert [d.identity for d in world.due()] == ["u:bob"]
    world.now = ts("2024-04-03 08:00") + 90 * DAY
    assert rules(world.due()) == ["farewell", "farewell"]


def test_whom_nobody_has_seen_since_still_slides_out(store):
    world = World(store, "rule r\n  when App Opened where count of Order Completed in last 90 days >= 3\n")
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00", "2024-04-03 08:00")
    world.at("2024-05-02 08:00")
    world.publish(BIG)
    while world.engine.backfill():
        pass
    assert world.due() == []
    world.now = ts("2024-04-01 08:00") + 90 * DAY
    assert rules(world.due()) == ["farewell"]


def test_history_that_is_loaded_changes_silently(store):
    world = World(store, BIG)
    events = [world.event("ada", "Order Completed", f"2024-04-0{day} 08:00") for day in (1, 2, 3)]
    world.engine.ingest(events, history=True)
    assert world.due() == []
    world.track("ada", "Order Completed")
    assert world.due() == []


def test_a_merge_brings_a_user_in_once(store):
    world = World(store, BIG)
    orders(world, "ada", "2024-04-01 08:00", "2024-04-02 08:00")
    event = world.event("", "Order Completed")
    event.anonymous_id = "phone"
    world.engine.ingest([event])
    assert world.due() == []
    event = world.event("ada", "")
    event.type, event.traits, event.anonymous_id = "identify", {}, "phone"
    world.engine.ingest([event])
    assert rules(world.due()) == ["welcome"]


def test_a_segment_can_be_an_audience(store):
    text = """
event Product Sale about product
segment big_spenders: count of Order Completed in last 90 days >= 1

rule sale
  when Product Sale where user in big_spenders
"""
    world = World(store, text)
    for number in range(40):
        world.track(f"u{number}", "Order Completed" if number % 2 else "App Opened")
    world.track("", "Product Sale", id="s1", product_id="boots")
    while world.engine.fan_out():
        pass
    assert sorted(d.identity for d in world.due()) == sorted(f"u:u{number}" for number in range(1, 40, 2))


# --- against plain lists ----------------------------------------------------------------------------------------------

BUSY = """
segment busy: count of Order Completed in last 4 hours >= 2

rule in_it
  when user enters busy
  expires after 30 days

rule out_of_it
  when user leaves busy
  expires after 30 days
"""
START = ts("2024-05-01 08:00")
PACE = 7 * MINUTE
"""No two multiples of it lie four hours apart, so no event comes at the instant at which another goes."""


def changes(times) -> list[tuple[str, int]]:
    """Every instant at which the truth changes, found by looking at every instant at which it could."""
    found, inside = [], False
    for at in sorted({*times, *(time + 4 * HOUR for time in times)}):
        now = sum(at - 4 * HOUR < time <= at for time in times) >= 2
        if now != inside:
            found.append(("in_it" if now else "out_of_it", at))
        inside = now
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 120), min_size=1, max_size=12, unique=True), st.booleans())
def test_every_change_is_noticed_at_its_instant(steps, awake):
    world = World(open_store("memory:", buckets=1), BUSY)
    times = sorted(START + step * PACE for step in steps)
    for time in times:
        while awake and world.now < time:
            world.now = min(world.now + HOUR, time)
            world.engine.tick()
        world.now = time
        world.track("ada", "Order Completed")
    world.now += DAY
    world.engine.tick()
    assert sorted((p.rule, p.event_time) for p in world.user("ada").pending) == sorted(changes(times))
