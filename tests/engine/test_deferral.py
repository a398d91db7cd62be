"""A DEFER is a promise to ask again: what is evaluated afresh at its instant, and what may happen until then."""

import pytest

from duly.meaning import model as m
from tests.engine.world import (
    DAY,
    DEFER,
    HOUR,
    MINUTE,
    NOON,
    NOTIFY,
    PEEK,
    SALE,
    SUPPRESS,
    at,
    day,
    equals,
    event,
    rule,
    sale,
)  # fmt: skip

EVENING = at("2024-05-01T18:00")
PREMIUM = equals("premium", True, "user")


def test_decide_without_an_event_claims_what_is_due(opened):
    world = opened(rule(at_local=18))
    promised = world.one(about="a")
    world.now = EVENING - 1
    assert (world.one().verdict, world.one().due) == (DEFER, EVENING)
    assert world.take() == []
    world.now = EVENING
    claimed = world.one()
    assert (claimed.verdict, claimed.id) == (NOTIFY, promised.id)
    assert world.decide() == []
    assert world.take() == []
    assert world.queue() == []


def test_asking_about_the_event_again_claims_it_too(opened):
    world = opened(rule(at_local=18))
    world.one(about=event("a"))
    world.now = EVENING
    assert world.one(about=event("a")).verdict == NOTIFY
    assert world.one(about=event("a")).reason == "taken"


def test_a_worker_that_was_first_leaves_nothing_to_decide(opened):
    world = opened(rule(at_local=18))
    world.one(about=event("a"))
    world.now = EVENING
    assert [handed.decision.message_id for handed in world.take()] == ["a"]
    assert world.decide() == []
    assert world.one(about=event("a")).reason == "taken"


@pytest.mark.parametrize("learn", ["identify", "context", "decide"])
def test_a_zone_that_changes_re_times_what_waits_wherever_it_is_learnt(opened, learn):
    world = opened(rule(at_local=18, expires=3 * DAY), rule("other", "Other"))
    world.track()
    (first,) = world.engine.user("u:ada").pending
    assert first.due == EVENING
    if learn == "identify":
        world.identify(timezone="Asia/Tokyo")
    elif learn == "context":
        world.identify(context={"timezone": "Asia/Tokyo"})
    else:
        world.decide(about=event("other", "Other", context={"timezone": "Asia/Tokyo"}))
    (later,) = world.engine.user("u:ada").pending
    assert later.due == at("2024-05-02T18:00", "Asia/Tokyo")
    assert world.queue() == [(later.due, later.decision)]
    assert world.engine.decision(later.decision).zone == "Asia/Tokyo"


def test_a_condition_that_is_no_longer_true_at_its_instant_suppresses(opened):
    world = opened(rule(at_local=18, where=PREMIUM))
    world.identify(premium=True)
    world.track()
    world.identify(time=NOON + 1, premium=False)
    world.now = EVENING
    assert world.take() == []
    (ended,) = world.engine.decisions("u:ada", 10)
    assert (ended.verdict, ended.reason) == (SUPPRESS, "no-match")
    assert world.engine.user("u:ada").pending == []


def test_a_condition_that_is_only_untrue_before_its_instant_ends_nothing(opened):
    world = opened(rule(at_local=18, where=PREMIUM))
    world.identify(premium=True)
    world.track()
    world.identify(time=NOON + 1, premium=False)
    assert world.one().verdict == DEFER
    assert world.one(mode=PEEK).verdict == DEFER
    world.identify(time=NOON + 2, premium=True)
    world.now = EVENING
    assert world.one().verdict == NOTIFY


def test_an_unsubscribe_before_its_instant_counts_when_due(opened):
    world = opened(rule(at_local=18))
    world.track()
    world.track("Unsubscribed")
    world.now = EVENING
    assert world.one().reason == "unsubscribed"


def test_what_waits_follows_the_new_version_of_its_rule(opened):
    world = opened(rule(at_local=18))
    world.track()
    world.publish(rule(at_local=20))
    world.now = EVENING
    moved = world.one()
    assert (moved.verdict, moved.due) == (DEFER, at("2024-05-01T20:00"))
    world.now = moved.due
    assert [handed.decision.id for handed in world.take()] == [moved.id]


@pytest.mark.parametrize("claim", ["take", "decide", "sweep"])
def test_a_removed_rule_ends_what_it_left_waiting(opened, claim):
    world = opened(rule(at_local=18))
    world.track()
    world.publish(rule("another", "Another"))
    world.now = EVENING
    if claim == "decide":
        assert world.one(mode=PEEK).reason == world.one().reason == "rule-removed"
        assert world.decide() == []
    elif claim == "take":
        assert world.take() == []
    else:
        world.engine.sweep()
    assert world.engine.decisions("u:ada", 1)[0].reason == "rule-removed"
    assert world.engine.user("u:ada").pending == []
    assert world.queue() == []


def test_a_renamed_rule_keeps_what_waits(opened):
    world = opened(rule("old", at_local=18))
    world.track()
    world.publish(rule("new", at_local=18, was=("old",)))
    world.now = EVENING
    assert world.one(rule="old").rule == "new"


def test_what_waits_too_long_expires(opened):
    world = opened(rule(at_local=18, expires=7 * HOUR))
    world.track()
    world.now = NOON + 7 * HOUR
    assert world.take() == []
    assert world.engine.decisions("u:ada", 1)[0].reason == "expired"
    assert world.queue() == []


def test_sweeping_ends_what_nobody_fetched(opened):
    world = opened(rule(at_local=18, expires=7 * HOUR))
    world.track()
    world.now = NOON + 7 * HOUR
    assert world.engine.sweep() == 1
    assert world.engine.decisions("u:ada", 1)[0].reason == "expired"
    assert world.queue() == []
    assert world.engine.next_due() is None


def test_what_cannot_be_before_its_expiry_is_refused_at_once(opened):
    world = opened(rule(at_local=18, expires=6 * HOUR))
    assert world.one(about="a").reason == "expires-first"


def test_an_event_that_arrives_after_its_expiry_is_too_late(opened):
    world = opened(rule(expires=HOUR))
    world.track(time=NOON - HOUR, message="a")
    assert world.engine.decisions("u:ada", 1)[0].reason == "too-late"
    assert world.one(about=event("b", time=NOON - HOUR)).reason == "too-late"
    assert world.one(about=event("c", time=NOON - HOUR + 1)).verdict == NOTIFY


def test_expires_at_reads_an_instant_of_the_event_and_else_falls_back_to_a_day(opened):
    world = opened(rule(expiry=m.Expiry(at=m.Property("event", ("until",))), at_local=18))
    assert world.one(about=event("a", until="2024-05-01T17:00:00Z")).reason == "expires-first"
    assert world.one(about=event("b", until="2024-05-01T19:00:00+00:00")).verdict == DEFER
    for number, odd in enumerate(("soon", 7, None, "2024-05-01T17:00:00")):
        assert world.one(about=event(f"c{number}", until=odd)).expires == NOON + DAY


def test_history_is_loaded_without_deciding(opened):
    world = opened(rule(), sale())
    assert world.ingest(event("a"), event("b", "Saved", product_id="boots"), history=True) == ["ACCEPTED"] * 2
    assert world.ingest(event("s", SALE, user="", product_id="boots"), history=True) == ["ACCEPTED"]
    world.fan_out()
    assert world.engine.decisions("u:ada", 10) == []
    assert world.take() == []
    assert world.engine.relation_counts("u:ada") == {"saved": 1}
    assert world.ingest(event("a")) == ["DUPLICATE"]


def test_quiet_hours_and_time_of_day_are_solved_together(opened):
    world = opened(rule(at_local=23), quiet=(m.Quiet(m.Hours(22 * HOUR, 8 * HOUR)),))
    assert world.one(about="a").reason == "expires-first", "the hour after 23:00 is quiet on every day"


def test_after_an_outage_inside_the_grace_it_is_sent_and_beyond_it_waits_for_the_next_day(opened):
    world = opened(rule(at_local=18, expires=3 * DAY))
    world.track(user="early")
    world.track(user="late")
    world.now = EVENING + HOUR - 1
    assert world.one("early").verdict == NOTIFY
    world.now = EVENING + HOUR
    assert (world.one("late").verdict, world.one("late").due) == (DEFER, EVENING + DAY)


def test_a_cap_that_fills_while_it_waits_is_judged_when_due(opened):
    world = opened(rule(at_local=18, caps=(day(1),)))
    world.track(message="a")
    world.track(message="b")
    assert [p.rule for p in world.engine.user("u:ada").pending] == ["greet", "greet"], "what waits holds no slot"
    world.now = EVENING
    assert sorted(d.verdict for d in world.decide()) == [NOTIFY, SUPPRESS]


def test_or_wait_defers_to_the_next_permitted_instant(opened):
    world = opened(rule(caps=(day(1),), wait=13 * HOUR), quiet=(m.Quiet(m.Hours(0, 6 * HOUR)),))
    world.one(about="a")
    assert world.one(about="b").due == at("2024-05-02T06:00")
    assert world.one(about="c", rule="greet").verdict == DEFER


def test_a_spring_gap_and_an_autumn_overlap(opened):
    new_york = "America/New_York"
    world = opened(
        rule(timing=m.Timing(at=(m.At(150 * MINUTE),))), rule("b", "B", timing=m.Timing(at=(m.At(90 * MINUTE),)))
    )
    world.identify(timezone=new_york)
    world.now = at("2024-03-10T00:30", new_york)
    assert world.one(about="a").due == at("2024-03-10T03:30", new_york)
    world.now = at("2024-11-03T00:15", new_york)
    assert world.one(about=event("b", "B", time=world.now)).due == world.now + 75 * MINUTE
