"""Workers take what is due: leased to one at a time, handed out again, never lost, and the queue stays clean."""

from threading import Barrier, Event, Thread

import pytest

from duly.engine.api import Recorded
from duly.engine.decision import PASSED
from duly.meaning import model as m
from tests.engine.world import (
    DEFER,
    HOUR,
    MINUTE,
    NOON,
    NOTIFY,
    PEEK,
    RESERVE,
    SECOND,
    World,
    at,
    day,
    event,
    rule,
)  # fmt: skip

EVENING = at("2024-05-01T18:00")


def ids(handed):
    return [each.decision.id for each in handed]


def test_a_lease_that_ran_out_hands_out_the_same_decision_and_keeps_its_slot(opened):
    world = opened(rule(caps=(day(1),)))
    world.track()
    (first,) = world.take(lease=MINUTE)
    assert (first.attempt, first.lease_until) == (1, NOON + MINUTE)
    world.now += MINUTE - 1
    assert world.take() == []
    world.now += 1
    (second,) = world.take(worker="another", lease=HOUR)
    assert (second.decision.id, second.attempt, second.lease_until) == (first.decision.id, 2, NOON + MINUTE + HOUR)
    assert world.one(about="b").reason == "capped"
    assert len(world.engine.user("u:ada").sends) == 1
    assert [due for due, _ in world.queue()] == [second.lease_until]


def test_a_users_record_does_not_grow_with_the_events_of_what_waits(opened):
    """It is written with each decision about them."""
    world = opened(rule(at_local=18))
    sizes = []
    for _ in range(20):
        world.track(word="x" * 10_000)
        ((_, record),) = world.everything((b"u",))
        sizes.append(len(record))
    assert max(sizes) < 5_000
    _, (first, *_) = world.engine.waiting("u:ada")
    assert first == b'{"word": "%s"}' % (b"x" * 10_000)


@pytest.mark.parametrize(
    ("outcome", "after"),
    [("sent", "capped"), ("opened", "capped"), ("failed", "due"), ("unsubscribed", "unsubscribed")],
)
def test_what_was_reported_is_over(opened, outcome, after):
    world = opened(rule(caps=(day(1),)))
    world.track()
    (handed,) = world.take()
    assert world.report(handed.decision, outcome).recorded == Recorded.RECORDED
    assert world.report(handed.decision, outcome).recorded == Recorded.DUPLICATE
    world.now += 2 * HOUR
    assert world.take() == []
    assert world.queue() == []
    assert world.engine.next_due() is None
    assert world.one(about="b").reason == after
    assert world.engine.decision(handed.decision.id).outcomes == [(outcome, NOON)]


def test_reports_about_nothing_that_was_granted_are_rejected(opened):
    world = opened(rule(at_local=18))
    promised = world.one(about="a")
    assert world.report(promised, "sent").flaw.reason == "not-granted"
    for unknown in (b"", b"\xff" * 20, promised.id[:-1] + b"?"):
        promised.id = unknown
        assert world.report(promised, "sent").flaw.reason == "unknown"
        assert world.engine.decision(unknown) is None
    assert world.report(promised, "eaten").flaw.field == "type"


def test_what_goes_beyond_the_limit_keeps_its_slot_and_comes_next(opened):
    world = opened(rule("a"), rule("b"), rule("c", caps=(day(1),)))
    world.track()
    first = world.take(limit=1)
    assert len(first) == 1
    assert world.one(about="x", rule="c").reason == "capped"
    rest = world.take(limit=5)
    assert sorted(h.decision.rule for h in first + rest) == ["a", "b", "c"]
    assert {h.attempt for h in first + rest} == {1}
    assert world.take() == []
    assert sorted(due for due, _ in world.queue()) == [NOON + MINUTE] * 3


def test_a_worker_gets_only_what_it_wants_however_much_of_the_rest_is_in_front(opened):
    world = opened(rule("a", "A"), rule("b", "B", channel="email"))
    world.ingest(*(event(f"a{n}", "A", f"user{n}") for n in range(600)))
    world.now += SECOND
    world.track("B", "zoe")
    for wanted in ({"rules": ["b"]}, {"channels": ["email"]}):
        (handed,) = world.take(lease=MINUTE, **wanted)
        assert handed.decision.identity == "u:zoe"
        world.now += MINUTE
    assert world.take(categories=["other"]) == []
    assert len(world.take(limit=1000, rules=["a"])) == 600
    assert len(world.queue()) == 601


def test_expired_entries_are_swept_behind_many_that_nobody_wants(opened):
    world = opened(rule("a", "A", expires=10 * HOUR), rule("b", "B", expires=HOUR))
    world.ingest(*(event(f"a{n}", "A", "ada") for n in range(400)))
    world.track("B")
    world.now += HOUR
    world.engine.sweep()
    assert [p.rule for p in world.engine.user("u:ada").pending].count("b") == 0
    assert len(world.queue()) == 400


def test_two_workers_never_hold_the_same(opened):
    world = opened(rule())
    world.ingest(*(event("a", user=f"user{number}") for number in range(200)))
    barrier, taken = Barrier(8), []

    def work(number):
        barrier.wait()
        while handed := world.take(limit=7, worker=str(number)):
            taken.extend(ids(handed))

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken += ids(world.take(limit=1000))
    assert len(taken) == len(set(taken)) == 200


def test_a_reservation_that_lapsed_is_handed_to_workers(opened):
    world = opened(rule(caps=(day(1),)))
    reserved = world.one(about="a", mode=RESERVE, lease=MINUTE)
    assert world.take() == []
    world.now += MINUTE
    assert ids(world.take()) == [reserved.id]
    assert len(world.engine.user("u:ada").sends) == 1


def test_sweeping_lets_reservations_lapse(opened):
    world = opened(rule(caps=(day(1),)))
    world.one(about="a", mode=RESERVE, lease=MINUTE)
    world.now += MINUTE
    world.engine.sweep()
    user = world.engine.user("u:ada")
    assert (user.sends, user.reserved, len(user.pending)) == ([], [], 1)
    assert world.queue() == [(world.now, user.pending[0].decision)]


def test_reserving_and_letting_go_leaves_one_entry_in_the_queue(opened):
    world = opened(rule(expires=10 * HOUR))
    world.one(about="a", mode=RESERVE, lease=MINUTE)
    for _ in range(5):
        world.now += MINUTE
        world.one(mode=RESERVE, lease=MINUTE)
        assert [due for due, _ in world.queue()] == [world.now + MINUTE]


def test_next_due_is_never_later_than_the_truth(opened):
    world = opened(rule(at_local=18), rule("now", "Now"))
    assert_not_late(world)
    world.track()
    assert_not_late(world)
    world.take()
    assert world.engine.next_due() == EVENING
    world.track("Now", "bob")
    assert_not_late(world)
    world.take(lease=MINUTE)
    assert world.engine.next_due() == NOON + MINUTE
    world.one("eve", about=event("x", "Now", "eve"), mode=RESERVE, lease=SECOND)
    assert world.engine.next_due() == NOON + SECOND


def test_next_due_is_right_while_others_queue_and_take(opened):
    world = opened(rule())
    stop = Event()

    def take():
        while not stop.is_set():
            world.take(lease=1000 * HOUR)

    taker = Thread(target=take)
    taker.start()
    for number in range(150):
        world.track(user=f"user{number}")
    stop.set()
    taker.join()
    assert_not_late(world)
    world.take(limit=1000, lease=1000 * HOUR)
    assert {due for due, _ in world.queue()} == {NOON + 1000 * HOUR}
    assert len(world.queue()) == 150


def assert_not_late(world):
    truth = min((due for due, _ in world.queue()), default=None)
    said = world.engine.next_due()
    assert truth is None or (said is not None and said <= truth)


def test_waiting_ends_when_something_is_queued(opened):
    world = opened(rule())
    waiting = Thread(target=world.engine.wait_due, args=(60.0,))
    waiting.start()
    while waiting.is_alive():
        world.track()
        waiting.join(0.01)
    assert world.engine.next_due() <= world.now


def test_after_reopening_nothing_due_is_lost(durable_url):
    world = World(durable_url, rule(at_local=18), rule("now", "Now"))
    world.track(user="ada")
    world.track("Now", "bob")
    world.track("Now", "eve")
    reserved = world.one("zoe", about=event("x", "Now", "zoe"), mode=RESERVE, lease=MINUTE)
    leased = world.take(limit=1, lease=MINUTE)
    world.close()
    world = World(durable_url, rule(at_local=18), rule("now", "Now"), buckets=None)
    assert world.engine.next_due() <= NOON
    (other,) = world.take(lease=MINUTE)
    assert other.decision.id != leased[0].decision.id
    world.now += MINUTE
    again = world.take()
    assert sorted(ids(again)) == sorted([*ids(leased), other.decision.id, reserved.id])
    world.now = EVENING
    handed = world.take(rules=["greet"])
    assert [each.decision.identity for each in handed] == ["u:ada"]
    world.close()


def test_a_waiting_notification_shows_where_it_stands(opened):
    world = opened(rule())
    world.track(message="a")
    (waiting,) = world.engine.decisions("u:ada", 1)
    assert (waiting.verdict, waiting.reason, waiting.due) == (DEFER, "due", NOON)
    assert waiting.statuses == PASSED
    (handed,) = world.take()
    logged = world.engine.decision(waiting.id)
    assert (logged.verdict, logged.lease_until) == (NOTIFY, handed.lease_until)


class Moving:
    """What reads for a store; what waits is timed anew before its events are read, the first few times."""

    def __init__(self, world, times):
        self.world, self.left, self.moves, self.read = world, times, False, world.store.read

    def __call__(self, keys):
        if self.left and not self.moves and any(key[2:3] == b"q" for key in keys):
            self.left, self.moves = self.left - 1, True
            self.world.identify(timezone=("America/New_York", "Asia/Tokyo")[self.left % 2])
            self.moves = False
        return self.read(keys)


@pytest.mark.parametrize("times", [1, 2, 7])
def test_what_is_timed_anew_while_it_is_looked_at_keeps_its_event(opened, monkeypatch, times):
    there = m.Comparison(">", m.Property("event", ("price",)), m.Constant(3, m.Type.NUMBER))
    world = opened(rule(where=there, at_local=18))
    world.track(price=5)
    monkeypatch.setattr(world.store, "read", Moving(world, times))
    (seen,) = world.decide(mode=PEEK)
    assert (seen.verdict, seen.reason) == (DEFER, "not-yet")
    monkeypatch.undo()
    monkeypatch.setattr(world.store, "read", Moving(world, times))
    assert world.engine.waiting("u:ada")[1] == [b'{"price": 5}']


def test_what_is_timed_anew_all_the_time_is_looked_at_when_nobody_else_may_write(opened, monkeypatch):
    world = opened(rule(at_local=18))
    world.track()
    moving = Moving(world, 19)
    monkeypatch.setattr(world.store, "read", moving)
    assert world.one(mode=PEEK).verdict == DEFER
    assert moving.left == 0
