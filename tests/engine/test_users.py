"""What is known of a user: traits by event time, consent, and the zone with where it came from."""

import pytest

from duly.engine.decision import Gate
from duly.engine.words import gate_sentence
from duly.meaning import model as m
from tests.engine.world import NOON, NOTIFY, SECOND, at, equals, event, rule

OFFERS = {
    "deals": m.Category("deals", opt_in=True),
    "news": m.Category("news"),
}


def test_the_newest_event_time_wins_for_each_trait(opened):
    world = opened(rule())
    world.identify(time=NOON - 2 * SECOND, plan="free", city="Oslo")
    world.identify(time=NOON - 3 * SECOND, plan="trial", age=7)
    world.identify(time=NOON - SECOND, plan="pro", city=None)
    world.identify(time=NOON - 4 * SECOND, city="Rome")
    assert world.engine.user("u:ada").traits == {"plan": "pro", "age": 7}


def test_traits_are_read_by_conditions_when_they_are_evaluated(opened):
    world = opened(rule(where=equals("plan", "pro", "user")))
    assert world.one(about="a", rule="greet").reason == "unknown"
    world.identify(plan="free")
    assert world.one(about="b", rule="greet").reason == "no-match"
    world.identify(plan="pro")
    assert world.one(about="c").verdict == NOTIFY


ZONES = [
    ({"timezone": "Asia/Tokyo"}, None, "Asia/Tokyo", "trait timezone"),
    ({"timezone": "Asia/Tokyo"}, "Europe/Paris", "Asia/Tokyo", "trait timezone"),
    ({}, "Europe/Paris", "Europe/Paris", "context timezone"),
    ({"timezone": "Mars/Base"}, "Europe/Paris", "Europe/Paris", "context timezone"),
    ({"timezone": 7}, "nowhere", "America/Lima", "house"),
    ({"timezone": ["Asia/Tokyo"]}, None, "America/Lima", "house"),
    ({"timezone": ""}, "", "America/Lima", "house"),
    ({}, None, "America/Lima", "house"),
]  # fmt: skip


@pytest.mark.parametrize(("traits", "context", "name", "source"), ZONES)
def test_the_first_valid_zone_holds_and_the_decision_names_its_source(opened, traits, context, name, source):
    world = opened(rule(at_local=18), timezone="America/Lima")
    world.identify(context={"timezone": context} if context is not None else None, **traits)
    decision = world.one(about="a")
    assert (decision.zone, decision.zone_source) == (name, source)
    assert decision.due in (at("2024-05-01T18:00", name), at("2024-05-02T18:00", name), 0)


def test_without_any_zone_it_is_utc(opened):
    decision = opened(rule(at_local=18)).one(about="a")
    assert (decision.zone, decision.zone_source, decision.due) == ("UTC", "utc", at("2024-05-01T18:00"))


def test_a_wrong_zone_is_reported(opened):
    world = opened(rule(at_local=18))
    world.identify(timezone="Mars/Base")
    assert "trait timezone `Mars/Base` is not a time zone" in gate_sentence(world.one(about="a"), Gate.TIME)


def test_a_rules_own_zone_is_named_as_the_rules(opened):
    timing = m.Timing(at=(m.At(18 * 60 * 60 * SECOND, "Europe/Paris"),))
    world = opened(rule(timing=timing))
    world.identify(timezone="Asia/Tokyo")
    decision = world.one(about="a")
    assert decision.due == at("2024-05-01T18:00", "Europe/Paris")
    assert "in Europe/Paris, from the rule" in gate_sentence(decision, Gate.TIME)


def test_the_context_zone_of_the_newest_event_holds(opened):
    world = opened(rule())
    for second, zone in ((3, "Asia/Tokyo"), (1, "Europe/Paris")):
        world.identify(time=NOON - 10 * SECOND + second * SECOND, context={"timezone": zone})
    assert world.engine.user("u:ada").context_zone == "Asia/Tokyo"


CONSENT = [
    ("news", "push", {}, ""),
    ("news", "push", {"news": False}, "unsubscribed"),
    ("news", "push", {"news": "did_not_subscribe"}, ""),
    ("news", "push", {"email/news": False}, ""),
    ("news", "email", {"email/news": False}, "unsubscribed"),
    ("news", "email", {"news": False, "email/news": True}, ""),
    ("deals", "push", {}, "no-consent"),
    ("deals", "push", {"deals": "did_not_subscribe"}, "no-consent"),
    ("deals", "push", {"deals": True}, ""),
    ("deals", "push", {"news": True}, "no-consent"),
    ("deals", "push", {"email/deals": True}, "no-consent"),
    ("deals", "push", {"deals": "perhaps"}, "no-consent"),
    ("deals", "push", {"deals": 1}, "no-consent"),
]


@pytest.mark.parametrize(("category", "channel", "said", "reason"), CONSENT)
def test_opt_in_needs_a_yes_and_opt_out_the_absence_of_a_no(opened, category, channel, said, reason):
    world = opened(rule(category=category, channel=channel), categories=OFFERS)
    world.identify(subscriptions=said)
    decision = world.one(about="a")
    assert (decision.reason if decision.verdict != NOTIFY else "") == reason


def test_an_unsubscribed_channel_stops_every_category_on_it(opened):
    world = opened(rule(channel="email", category="news"), rule("p", "P", category="news"), categories=OFFERS)
    said = {"messaging_subscriptions": [{"key": "a@b", "type": "EMAIL", "status": "UNSUBSCRIBED"}]}
    world.identify(context=said)
    assert world.one(about="a").reason == "unsubscribed"
    assert world.one(about=event("b", "P")).verdict == NOTIFY


def test_groups_of_a_channel_are_categories(opened):
    world = opened(rule(channel="email", category="deals"), categories=OFFERS)
    group = {"name": "deals", "status": "SUBSCRIBED"}
    item = {"key": "a@b", "type": "EMAIL", "status": "SUBSCRIBED", "groups": [group, 7, {}]}
    world.identify(context={"messaging_subscriptions": [item, None, {"type": "FAX"}]})
    assert world.one(about="a").verdict == NOTIFY


def test_the_newest_word_on_consent_holds(opened):
    world = opened(rule(category="deals"), categories=OFFERS)
    world.track("Subscribed", time=NOON - SECOND, category="deals")
    world.track("Unsubscribed", time=NOON - 2 * SECOND, category="deals")
    assert world.one(about="a").verdict == NOTIFY
    world.track("Unsubscribed", time=NOON - SECOND, category="deals")
    assert world.one(about="b").reason == "unsubscribed"


def test_a_report_of_unsubscribing_holds_for_the_next(opened):
    world = opened(rule())
    world.report(world.one(about="a"), "unsubscribed")
    assert world.one(about="b").reason == "unsubscribed"


def test_hostile_traits_are_kept_and_harm_nothing(opened):
    world = opened(rule())
    for odd in (
        {"subscriptions": [1]},
        {"subscriptions": {"news": {}}},
        {"timezone": {"a": 1}},
        {"": None},
        {"x" * 999: 1},
    ):
        assert world.identify(**odd) == ["ACCEPTED"]
    for odd in ({"messaging_subscriptions": {}}, {"messaging_subscriptions": [{"type": [], "status": 1, "groups": 3}]}):
        assert world.identify(context=odd) == ["ACCEPTED"]
    assert world.one(about="a").verdict == NOTIFY
