"""What is older than it is to be kept goes, and nothing sooner."""

from __future__ import annotations

import pytest

from duly.engine.api import Mode
from duly.engine.keys import DECISION, EVENT, INSTANCE, REQUEST
from duly.engine.remembered import load_remembered
from duly.engine.retention import Kept, Retention, horizon
from duly.engine.state import pack, unpack_instance
from duly.engine.store import Commit
from tests.engine.world import DAY, HOUR, NOON, World, event, rule


@pytest.fixture
def world():
    opened = World("memory:", rule(expires=2 * DAY), rule("wait", "W", at_local=18, expires=DAY))
    yield opened
    opened.close()


def forget(world, **kept):
    retention = Retention(world.engine, Kept(**kept))
    while retention.step():
        pass
    return retention.forgotten


def kinds(world):
    return sorted({key[2:3] for key, _ in world.everything()} & {DECISION, EVENT, INSTANCE, REQUEST})


def test_nothing_goes_before_its_time_nor_before_the_horizon(world):
    world.track("E")
    world.now = NOON + DAY
    before = world.everything((DECISION, EVENT, INSTANCE))
    assert forget(world, decisions=HOUR, events=HOUR, requests=HOUR) == 0
    assert world.everything((DECISION, EVENT, INSTANCE)) == before
    assert horizon(world.engine.plan) >= 2 * DAY


def test_decisions_events_and_what_is_known_of_their_messages_go_together(world):
    world.ask(about="a", request_id="r", digest=b"x")
    world.track("E", message="b")
    world.now = NOON + 40 * DAY
    world.take()
    world.engine.sweep()
    world.track("E", message="c")
    assert forget(world, decisions=30 * DAY, events=30 * DAY, requests=DAY) > 0
    assert [d.message_id for d in world.engine.decisions("u:ada", 10)] == ["c"]
    assert {key[3:] for key, _ in world.everything((INSTANCE,))} == {b"u:ada\0c"}
    assert len(world.everything((EVENT,))) == len(world.everything((DECISION,))) == 1
    assert world.everything((REQUEST,)) == []


@pytest.mark.parametrize("kept", [{"decisions": 30 * DAY}, {"events": 30 * DAY}], ids=["decisions", "events"])
def test_what_is_known_of_a_message_stays_with_either_of_its_logs(world, kept):
    world.ask(about="a")
    world.now = NOON + 40 * DAY
    assert forget(world, **kept) > 0
    assert len(world.everything((INSTANCE,))) == 1
    assert forget(world, decisions=30 * DAY, events=30 * DAY) > 0
    assert kinds(world) == []


def test_a_decision_goes_with_the_note_of_it_though_another_took_its_place(world):
    world.ask(about="a")
    key, value = world.everything((INSTANCE,))[0]
    known = unpack_instance(value)
    (before,) = known.decisions.values()
    world.now = NOON + 40 * DAY
    later = world.one("ben", "b").id
    known.decide("greet", later)
    known.version += 1
    world.store.commit(Commit((world.engine.keys.bucket("u:ada"),), puts=[(key, pack(known))]))
    assert [decision.id for decision in world.engine.decisions("u:ada", 10)] == [before]
    assert forget(world, decisions=30 * DAY) == 1
    left = unpack_instance(dict(world.everything((INSTANCE,)))[key])
    assert (left.decisions, left.replaced) == ({"greet": later}, [])
    assert world.engine.decision(before) is None and world.engine.decision(later) is not None


def test_what_is_known_of_a_message_stays_with_a_decision_whose_place_another_took(world):
    world.ask(about="a")
    key, value = world.everything((INSTANCE,))[0]
    known = unpack_instance(value)
    known.decisions, known.replaced, known.version = {}, list(known.decisions.values()), known.version + 1
    world.store.commit(Commit((world.engine.keys.bucket("u:ada"),), puts=[(key, pack(known))]))
    world.now = NOON + 40 * DAY
    assert forget(world, events=30 * DAY) == 1
    assert [decision.message_id for decision in world.engine.decisions("u:ada", 10)] == ["a"]
    assert forget(world, decisions=30 * DAY) == 1
    assert kinds(world) == []


def test_what_waits_or_is_with_a_worker_stays(world):
    late = event("w", "W", time=NOON)
    assert world.ask(about=late, mode=Mode.COMMIT).decisions[0].due
    world.now = NOON + 6 * HOUR
    (handed,) = world.take(lease=400 * DAY)
    world.now = NOON + 300 * DAY
    forget(world, decisions=DAY)
    assert world.engine.decision(handed.decision.id) is not None
    assert world.report(handed.decision, "sent").recorded.name == "RECORDED"
    assert forget(world, decisions=DAY) == 1


def test_rules_that_look_back_know_how_far_the_log_reaches(world):
    world.track("E")
    world.now = NOON + 100 * DAY
    forget(world, events=60 * DAY)
    assert load_remembered(world.store).forgotten == NOON + 40 * DAY
