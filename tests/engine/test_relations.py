"""Relations by event time, keys with their types, and fan-out against a plain dict."""

import random
import signal
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

from duly.engine.keys import DECISION
from duly.meaning import model as m
from tests.engine.world import DEFER, NOON, NOTIFY, SALE, SECOND, World, at, equals, event, sale

CHILD = str(Path(__file__).with_name("child.py"))


def reached(world):
    world.fan_out()
    return sorted(handed.decision.identity for handed in world.take(limit=10_000))


@pytest.mark.parametrize("order", list(permutations([("Saved", 1), ("Unsaved", 2), ("Saved", 3)])))
def test_the_latest_event_time_wins_in_whatever_order_events_arrive(opened, order):
    world = opened(sale())
    for name, second in order:
        world.track(name, time=NOON - 10 * SECOND + second * SECOND, product_id="boots")
    assert world.engine.relation_counts("u:ada") == {"saved": 1}
    world.track("Unsaved", time=NOON, product_id="boots")
    assert world.engine.relation_counts("u:ada") == {"saved": 0}


def test_of_two_at_the_same_instant_the_one_that_arrived_last_wins(opened):
    world = opened(sale())
    for name, count in (("Saved", 1), ("Unsaved", 0), ("Saved", 1)):
        world.track(name, time=NOON, product_id="boots")
        assert world.engine.relation_counts("u:ada") == {"saved": count}


@pytest.mark.parametrize(
    ("saved", "on_sale", "same"),
    [
        ("1", "1", True), (1, 1, True), (1, 1.0, True), (1.5, 1.5, True), ("1", 1, False), (1, "1", False),
        (True, 1, False), (1, True, False), ("a b\u200dc\u00a0", "a b\u200dc\u00a0", True), ("a", "A", False),
        ("é", "e\u0301", False), (2**70, 2**70, True), ("x" * 257, "x" * 257, False), ("", "", False),
    ],
)  # fmt: skip
def test_keys_have_types(opened, saved, on_sale, same):
    world = opened(sale())
    world.track("Saved", product_id=saved)
    world.ingest(event("s", SALE, user="", product_id=on_sale))
    assert reached(world) == (["u:ada"] if same else [])


def test_a_path_through_a_list_relates_every_item(opened):
    bought = m.Relation("saved", "product", ("products", "product_id"), ("Order Completed",))
    world = opened(sale(), relations={"saved": bought})
    world.track("Order Completed", products=[{"product_id": "boots"}, {"product_id": 7}, {"name": "odd"}, "odd"])
    assert world.engine.relation_counts("u:ada") == {"saved": 2}
    world.ingest(event("s", SALE, user="", product_id=7))
    assert reached(world) == ["u:ada"]


def test_anonymous_people_are_users(opened):
    world = opened(sale())
    world.ingest(event("1", "Saved", user="", anonymous="x", product_id="boots"))
    world.ingest(event("2", "Saved", user="x", product_id="boots"))
    world.ingest(event("s", SALE, user="", product_id="boots"))
    assert reached(world) == ["a:x", "u:x"]


def test_an_event_about_a_thing_fans_out_whoever_sent_it(opened):
    world = opened(sale())
    world.track("Saved", "ada", product_id="boots")
    world.track("Saved", "eve", product_id="hat")
    world.ingest(event("s", SALE, user="eve", product_id="boots"))
    assert reached(world) == ["u:ada"]


def test_two_senders_with_one_message_id_both_reach_their_audience(opened):
    world = opened(sale())
    world.track("Saved", "ada", product_id="boots")
    world.track("Saved", "bob", product_id="hat")
    world.ingest(event("s", SALE, user="x", product_id="boots"), event("s", SALE, user="y", product_id="hat"))
    assert reached(world) == ["u:ada", "u:bob"]


def test_an_event_without_user_or_thing_has_no_audience_and_is_kept(opened):
    world = opened(sale())
    assert world.ingest(event("1", "E", user="")) == ["ACCEPTED"]
    assert world.ingest(event("1", "E", user="")) == ["DUPLICATE"]
    assert len(world.everything((b"e",))) == 1


def test_a_fan_out_reaches_exactly_the_members(opened):
    chance, world = random.Random(5), opened(sale(where=equals("on", True)))
    state = {}
    events = []
    for number in range(1500):
        user, thing = f"user{chance.randrange(300)}", chance.choice(("boots", "hat"))
        name, time = chance.choice(("Saved", "Saved", "Unsaved")), NOON - chance.randrange(1, 50) * SECOND
        events.append(event(f"m{number}", name, user, time, arrival=NOON, product_id=thing))
        if time >= state.get((user, thing), (0, ""))[0]:
            state[user, thing] = (time, name)
    for start in range(0, len(events), 100):
        world.ingest(*events[start : start + 100])
    world.ingest(event("off", SALE, user="", product_id="boots", on=False))
    world.ingest(event("s", SALE, user="", product_id="boots", on=True))
    members = sorted(f"u:{user}" for (user, thing), (_, name) in state.items() if (thing, name) == ("boots", "Saved"))
    assert reached(world) == members
    assert world.everything((b"t",)) == []


def test_who_stopped_being_a_member_before_their_page_hears_nothing(opened):
    world = opened(sale(at_local=18))
    world.track("Saved", product_id="boots")
    world.ingest(event("s", SALE, user="", product_id="boots"))
    world.fan_out()
    world.track("Unsaved", product_id="boots")
    world.now = at("2024-05-01T18:00")
    assert world.take() == []
    assert world.engine.decisions("u:ada", 1)[0].reason == "no-match"


def test_decide_about_a_sale_knows_who_saved_the_thing(opened):
    world = opened(sale(at_local=18))
    world.track("Saved", product_id="boots")
    about = event("s", SALE, user="", product_id="boots")
    assert world.one("ada", about).verdict == DEFER
    assert world.decide("bob", about) == []
    assert world.one("bob", about, rule="sale").reason == "no-match"


def test_a_plan_published_in_the_middle_of_a_fan_out_loses_nobody(opened):
    world = opened(sale())
    users = [f"user{number}" for number in range(200)]
    world.ingest(*(event(f"m{user}", "Saved", user, product_id="boots") for user in users))
    world.ingest(event("s", SALE, user="", product_id="boots"))
    assert world.engine.fan_out()
    world.publish(sale(), sale("another"))
    world.fan_out()
    rules = [(handed.decision.identity, handed.decision.rule) for handed in world.take(limit=10_000)]
    assert sorted(identity for identity, rule in rules if rule == "sale") == sorted(f"u:{user}" for user in users)
    assert len(rules) == len(set(rules))


def test_a_fan_out_goes_on_after_a_kill_and_reaches_everybody_once(durable_url):
    for pages in (1, 3):
        url = f"{durable_url}{pages}"
        done = subprocess.run([sys.executable, CHILD, "fanout", url, str(pages)], stdout=subprocess.PIPE, check=False)
        assert done.returncode == -signal.SIGKILL
        world = World(url, sale(), buckets=None)
        assert world.everything((b"t",)) != []
        assert reached(world) == sorted(f"u:user{number}" for number in range(2000))
        assert len(world.everything((DECISION,))) == 2000
        world.close()


def test_a_member_who_is_notified_hears_it_once_whatever_the_number_of_relations(opened):
    world = opened(sale("a"), sale("b"))
    world.track("Saved", product_id="boots")
    world.ingest(event("s", SALE, user="", product_id="boots"))
    world.fan_out()
    assert sorted(h.decision.rule for h in world.take() if h.decision.verdict == NOTIFY) == ["a", "b"]
