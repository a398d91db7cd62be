"""Who gets the slot when several could be sent at once, and what the losers hear."""

from duly.engine.decision import Gate, Status
from duly.meaning import model as m
from tests.engine.world import DEFER, HOUR, MINUTE, NOON, NOTIFY, SUPPRESS, day, equals, event, rule

ONE_A_DAY = (m.Limit("total", 1, m.Calendar("day")),)


def winner(world, **more):
    decisions = world.decide(**more)
    (won,) = [d for d in decisions if d.verdict == NOTIFY]
    for lost in decisions:
        assert lost is won or (lost.reason, lost.outranked_by) == ("outranked-by", won.rule)
        assert lost is won or lost.statuses[Gate.COMPETITION] == Status.FAIL
    return won


def test_priority_comes_first(opened):
    world = opened(rule("a", expires=HOUR), rule("b", priority=5), limits=ONE_A_DAY)
    assert winner(world, about="x").rule == "b"


def test_then_the_earlier_expiry(opened):
    world = opened(rule("a", expires=2 * HOUR), rule("b", expires=HOUR), limits=ONE_A_DAY)
    assert winner(world, about="x").rule == "b"


def test_then_the_earlier_event_though_it_arrived_later(opened):
    world = opened(rule("a", "A", expires=2 * HOUR), rule("b", "B", expires=2 * HOUR + MINUTE), limits=ONE_A_DAY)
    world.ingest(event("1", "A", time=NOON), event("2", "B", time=NOON - MINUTE, arrival=NOON))
    assert winner(world).rule == "b", "both expire at the same instant"


def test_then_the_name_of_the_rule(opened):
    world = opened(rule("b"), rule("a"), limits=ONE_A_DAY)
    assert winner(world, about="x").rule == "a"


def test_then_the_message_id(opened):
    world = opened(rule(), limits=ONE_A_DAY)
    world.ingest(event("2"), event("1"))
    assert winner(world).message_id == "1"


def test_as_many_are_granted_as_the_caps_allow_in_one_commit(opened):
    world = opened(*(rule(name) for name in "abcd"), limits=(m.Limit("total", 2, m.Calendar("day")),))
    decisions = world.decide(about="x")
    assert [d.verdict for d in decisions] == [NOTIFY, NOTIFY, SUPPRESS, SUPPRESS]
    assert len(world.engine.user("u:ada").sends) == 2


def test_workers_let_what_is_due_at_once_compete(opened):
    world = opened(rule("low"), rule("high", priority=1), limits=ONE_A_DAY)
    world.track()
    assert [handed.decision.rule for handed in world.take()] == ["high"]
    assert world.take() == []
    lost = [d for d in world.engine.decisions("u:ada", 10) if d.rule == "low"]
    assert [d.reason for d in lost] == ["outranked-by"]


def test_a_loser_follows_its_own_policy(opened):
    world = opened(rule("a", priority=1), rule("b", wait=24 * HOUR), limits=ONE_A_DAY)
    won, lost = world.decide(about="x")
    assert (won.verdict, lost.verdict, lost.outranked_by) == (NOTIFY, DEFER, "a")
    assert lost.due == NOON + 12 * HOUR
    world.now = lost.due
    assert world.one().verdict == NOTIFY


def test_the_loser_names_the_rule_that_took_its_slot(opened):
    deals = {"deals": m.Category("deals")}
    limits = (m.Limit("offers", 1, m.Calendar("day"), category="deals"),)
    world = opened(
        rule("a", priority=3, category="deals"), rule("b", priority=2), rule("c", priority=1, category="deals"),
        categories=deals, limits=limits,
    )  # fmt: skip
    first, second, third = world.decide(about="x")
    assert (first.verdict, second.verdict, third.verdict) == (NOTIFY, NOTIFY, SUPPRESS)
    assert third.outranked_by == "a"


def test_a_winner_without_content_leaves_the_slot_to_the_next(opened):
    missing = m.Message(body=("{", m.Slot(m.Property("event", ("name",)))))
    world = opened(rule("a", priority=1, message=missing), rule("b"), limits=ONE_A_DAY)
    first, second = world.decide(about="x")
    assert (first.reason, second.verdict) == ("missing-content", NOTIFY)


def house(uncounted=False):
    return {
        "limits": ONE_A_DAY,
        "gaps": (m.Gap(2 * HOUR),),
        "quiet": (m.Quiet(m.Hours(0, 23 * HOUR)),),
        "categories": {"orders": m.Category("orders", transactional=True, uncounted=uncounted)},
    }


def test_transactional_rules_pass_the_house_gates_keep_their_own_cap_and_count(opened):
    world = opened(rule("order", "O", category="orders", caps=(day(2),)), rule(), **house())
    granted = [world.one(about=event(message, "O")) for message in "ab"]
    assert [d.verdict for d in granted] == [NOTIFY, NOTIFY]
    assert granted[0].statuses[Gate.HOLDOUT] == Status.WAIVED
    assert world.one(about=event("c", "O")).reason == "capped"
    world.now = NOON + 11 * HOUR
    assert world.one(about="d").reason == "capped", "what orders sent counts towards the limit"


def test_uncounted_ones_count_for_nothing_but_their_own_cap(opened):
    world = opened(rule("order", "O", category="orders", caps=(day(1),)), rule(), **house(uncounted=True))
    world.now = NOON + 11 * HOUR
    assert world.one(about=event("a", "O")).verdict == NOTIFY
    assert world.one(about=event("b", "O")).reason == "capped"
    assert world.one(about="c").verdict == NOTIFY


def test_transactional_rules_respect_an_unsubscribe(opened):
    world = opened(rule("order", "O", category="orders"), **house())
    world.identify(subscriptions={"orders": False})
    assert world.one(about=event("a", "O")).reason == "unsubscribed"


def test_only_rules_that_match_compete(opened):
    world = opened(rule("a", where=equals("x", 1), priority=9), rule("b"), limits=ONE_A_DAY)
    assert world.one(about="x").rule == "b"
