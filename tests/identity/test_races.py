"""Threads ask, tell, send and report for two identities while they become one person; then everything is recounted."""

import random
import sys
from threading import Barrier, Thread

import pytest

from duly.engine.api import Report
from tests.engine.world import HOUR, NOTIFY
from tests.identity.whole import assert_whole, remembered
from tests.identity.world import PHONE

PLAN = """
relation saved: user to product by product_id, added by Saved
rule greet
  when E
  max 4/day
rule later
  when L
rule seldom
  when Never where count of Viewed in last 7 days >= 3 and user saved product
"""
STEPS = 25


@pytest.fixture(autouse=True)
def _many_switches():
    """Let threads take turns often enough to meet in the middle of things."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


class Race:
    """Some work by several threads at once; what any of them raises fails the test."""

    def __init__(self, world, seed):
        self.world, self.seed = world, seed
        self.failed, self.greeted, self.late, self.handed = [], [], [], []
        self.merged = False

    def run(self):
        works = [self.decide, self.decide, self.ingest, self.ingest, self.work, self.merge]
        barrier = Barrier(len(works))
        threads = [Thread(target=self.start, args=(work, n, barrier)) for n, work in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert self.failed == []

    def start(self, work, number, barrier):
        barrier.wait()
        try:
            work((PHONE, "ada")[number % 2], random.Random(f"{self.seed} {number}"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
            self.failed.append(repr(error))

    def decide(self, who, chance):
        for step in range(STEPS):
            late = self.merged
            (decision,) = self.world.decide(who, self.world.write("E", who, f"e {who} {step}"))
            if decision.verdict == NOTIFY:
                self.greeted.append(decision)
                self.late += [decision] if late else []
                if chance.random() < 0.5:
                    self.world.report(decision, "failed")

    def ingest(self, who, chance):
        for step in range(STEPS):
            told = [self.world.write("L", who, f"l {who} {step}"), self.world.write("Viewed", who, f"v {who} {step}")]
            told.append(self.world.write("Saved", who, f"s {who} {step}", product_id=f"{who} {step}"))
            assert self.world.ingest(*told) == ["ACCEPTED"] * 3

    def work(self, who, chance):
        for _ in range(STEPS):
            self.deliver("sent")

    def deliver(self, outcome):
        handed = self.world.take(limit=5, lease=HOUR)
        self.handed += [each.decision.message_id for each in handed]
        self.world.engine.report([Report(each.decision.id, outcome, self.world.now) for each in handed])
        return handed

    def merge(self, who, chance):
        for _ in range(chance.randrange(40)):
            self.world.decide("eve", self.world.write("E", "eve"))
        self.world.sign_in("ada", "phone")
        self.merged = True

    def check(self):
        while self.deliver("sent"):
            pass
        whos = (PHONE, "ada")
        assert sorted(self.handed) == sorted(f"l {who} {step}" for who in whos for step in range(STEPS))
        assert self.world.engine.relation_counts("u:ada") == {"saved": 2 * STEPS}
        viewed = [f"v {who} {step}" for who in whos for step in range(STEPS)]
        assert remembered(self.world, "u:ada", "Viewed") == sorted(viewed)
        sends = [send.decision for send in self.world.engine.user("u:ada").sends if send.rule == "greet"]
        standing = [d.id for d in self.greeted if self.world.engine.decision(d.id).standing == 3]
        assert sorted(sends) == sorted(standing)
        assert len(sends) <= (4 if self.late else 8)
        assert_whole(self.world)
        while len(sends) < 4:
            sends += [each.id for each in self.world.decide_about("E", whos[len(sends) % 2])]
        assert {self.world.decide_about("E", who)[0].reason for who in whos} == {"capped"}


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_lost_or_doubled_when_a_merge_comes_in_between(opened_people, seed):
    race = Race(opened_people(plan=PLAN), seed)
    race.run()
    race.check()


def test_merges_that_cross_each_other_end_with_one_person(opened_people):
    """Each of several threads merges two of three identities, in every direction."""
    for seed in range(5):
        world = opened_people(plan=PLAN)
        for who in ("ada", "bob", "eve"):
            world.tell("L", who, f"l {who}")
            world.tell("Saved", who, product_id=who)
        pairs = [("ada", "bob"), ("bob", "eve"), ("eve", "ada"), ("bob", "ada"), ("ada", "eve")]
        random.Random(seed).shuffle(pairs)
        threads = [Thread(target=world.alias, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(each.decision.message_id for each in world.take()) == ["l ada", "l bob", "l eve"]
        leads = {world.engine.session().resolve(f"u:{who}") for who in ("ada", "bob", "eve")}
        assert len(leads) == 1
        assert world.engine.relation_counts(leads.pop()) == {"saved": 3}
        assert_whole(world)
