"""A conversion is credited to one send: the latest that was delivered and whose goal it reaches first."""

import pytest

from duly.engine.api import Mode
from tests.experiments.world import DAY, HOUR, MINUTE, World

GOAL = "goal Order Completed with the same product_id within 24 hours"
RULES = f"rule sale\n  when Price Drop\n  {GOAL}\n"


@pytest.fixture
def world():
    return World(RULES)


def send(world, what="Price Drop", product="boots"):
    decision = world.decide(what, product_id=product)
    world.report(decision, "sent")
    world.pass_time(MINUTE)
    return decision


def order(world, product="boots"):
    time = world.now
    world.ingest("Order Completed", product_id=product)
    world.pass_time(MINUTE)
    return time


def test_the_first_matching_event_after_a_send_is_its_conversion(world):
    sent = send(world)
    first = order(world)
    order(world)
    assert world.converted(sent) == [first]


def test_another_value_another_user_or_another_event_is_none(world):
    sent = send(world)
    order(world, "shoes")
    world.ingest("Order Completed")
    world.ingest("Order Completed", user="bob", product_id="boots")
    world.ingest("Order Refunded", product_id="boots")
    assert world.converted(sent) == []


@pytest.mark.parametrize(("after", "counts"), [(0, False), (1, True), (DAY, True), (DAY + 1, False)])
def test_the_window_begins_after_the_grant_and_ends_with_its_last_instant(world, after, counts):
    sent = world.decide(product_id="boots")
    world.report(sent, "sent")
    world.pass_time(after)
    order(world)
    assert bool(world.converted(sent)) is counts


def test_a_notification_that_nobody_reported_delivered_converts_nobody(world):
    decision = world.decide(product_id="boots")
    world.pass_time(MINUTE)
    order(world)
    assert world.converted(decision) == []


def test_a_report_that_comes_after_the_event_still_counts(world):
    decision = world.decide(product_id="boots")
    world.pass_time(MINUTE)
    ordered = order(world)
    world.report(decision, "opened")
    assert world.converted(decision) == [ordered]
    assert world.logged(decision).outcomes[0][0] == "opened"


def test_the_latest_send_has_the_credit_and_the_earlier_one_never(world):
    earlier, latest = send(world), send(world)
    ordered = order(world)
    order(world)
    assert world.converted(latest) == [ordered]
    assert world.converted(earlier) == []


def test_the_latest_send_is_that_of_any_rule():
    world = World(RULES + "rule reminder\n  when Reminder Asked\n  goal Order Completed within 1 hour\n")
    sale, reminder = send(world), send(world, "Reminder Asked")
    ordered = order(world)
    assert (world.converted(sale), world.converted(reminder)) == ([], [ordered])


def test_the_credit_moves_to_a_later_send_that_is_reported_late(world):
    earlier = send(world)
    late = world.decide(product_id="boots")
    world.pass_time(MINUTE)
    ordered = order(world)
    assert world.converted(earlier) == [ordered]
    world.report(late, "sent")
    assert (world.converted(earlier), world.converted(late)) == ([], [ordered])


def test_the_credit_moves_back_when_the_later_send_failed_after_all(world):
    earlier, later = send(world), send(world)
    ordered = order(world)
    world.report(later, "failed")
    assert (world.converted(earlier), world.converted(later)) == ([ordered], [])


def test_an_event_that_arrives_late_counts_by_its_own_time(world):
    sent = send(world)
    event = world.event("Order Completed", product_id="boots")
    world.pass_time(DAY + HOUR)
    event.arrival = world.now
    world.engine.ingest([event])
    assert world.converted(sent) == [event.time]


def test_a_trigger_without_the_shared_property_awaits_nothing(world):
    decision = world.decide()
    world.report(decision, "sent")
    assert world.engine.user("u:ada").awaited == []


def test_a_conversion_seen_by_decide_counts_once(world):
    sent = send(world)
    event = world.event("Order Completed", product_id="boots")
    world.engine.ingest([event])
    world.engine.ingest([event])
    assert world.converted(sent) == [event.time]


def test_a_would_be_grant_converts_like_a_delivered_one():
    world = World(f"rule sale\n  when Price Drop\n  {GOAL}\n  holdout 100%\n")
    held = world.decide(product_id="boots")
    world.pass_time(MINUTE)
    ordered = order(world)
    assert world.converted(held) == [ordered]


def test_what_waits_opens_no_window_and_a_peek_none_either():
    world = World(f"rule sale\n  when Price Drop\n  at 18:00 local\n  {GOAL}\n  holdout 100%\n")
    world.decide(mode=Mode.PEEK, product_id="boots")
    waiting = world.decide(product_id="boots")
    world.pass_time(MINUTE)
    order(world)
    assert world.converted(waiting) == []
    world.pass_time(6 * HOUR)
    world.take_due()
    world.pass_time(MINUTE)
    ordered = order(world)
    assert world.converted(waiting) == [ordered]


def test_a_goal_is_reached_by_whom_the_user_turned_out_to_be(world):
    decision = world.decide(user="anon-1", product_id="boots")
    world.report(decision, "sent")
    world.pass_time(MINUTE)
    world.identify("ada", "anon-1")
    ordered = order(world)
    assert world.converted(decision) == [ordered]
