"""Whatever the instant at which the process dies: what it acknowledged is there, once."""

import random
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from duly.engine.decision import Standing
from tests.engine.child import RULES
from tests.engine.world import DAY, NOTIFY, World

CHILD = [sys.executable, str(Path(__file__).with_name("child.py")), "write"]


def test_a_kill_at_any_instant_loses_and_doubles_nothing(durable_url):
    chance, acknowledged = random.Random(), []
    for attempt in range(3):
        child = subprocess.Popen([*CHILD, durable_url, str(attempt)], stdout=subprocess.PIPE, text=True)
        lines = [child.stdout.readline() for _ in range(chance.randrange(1, 200))]
        child.kill()
        lines += child.communicate()[0].splitlines(keepends=True)
        acknowledged += [line.split() for line in lines if line.endswith("\n")]
        world = World(durable_url, *RULES, buckets=None)
        check(world, acknowledged)
        world.close()
    assert len(acknowledged) > 4
    world = World(durable_url, *RULES, buckets=None)
    deliver(world)
    world.close()


def steps(acknowledged, word):
    found = defaultdict(dict)
    for said, name, step, *rest in acknowledged:
        if said == word:
            found[f"user{name}"][int(step)] = rest
    return found


def check(world, acknowledged):
    """Every acknowledged event is in the relation and the log, every decision under its id; nothing is there twice."""
    for user, known in steps(acknowledged, "ingested").items():
        whole = world.engine.relation_counts(f"u:{user}")["saved"]
        assert whole % 3 == 0 and 3 * len(known) <= whole <= 3 * (len(known) + 1)
        decisions = world.engine.decisions(f"u:{user}", 100_000)
        assert set(Counter((d.rule, d.message_id) for d in decisions).values()) == {1}
        granted = [d for d in decisions if d.standing == Standing.COMMITTED]
        sends = world.engine.user(f"u:{user}").sends
        assert sorted(d.id for d in granted) == sorted(send.decision for send in sends)
        waiting = [d.id for d in decisions if d.standing == Standing.PENDING]
        assert sorted(waiting) == sorted(p.decision for p in world.engine.user(f"u:{user}").pending)
        assert len([d for d in decisions if d.rule == "held"]) == whole // 3
    for user, known in steps(acknowledged, "decided").items():
        for step, (decision,) in known.items():
            found = world.engine.decision(bytes.fromhex(decision))
            assert (found.identity, found.verdict) == (f"u:{user}", NOTIFY)
            assert found.message_id == f"{user[4:]}.{step}.a"


def deliver(world):
    """All that waits comes out once, and no message that was asked about is granted again."""
    users = [key[3:].decode() for key, _ in world.everything((b"u",))]
    waiting = [pending for user in users for pending in world.engine.user(user).pending]
    world.now = max(pending.due for pending in waiting)
    handed = []
    while page := world.take(limit=500, lease=DAY):
        handed += [each.decision.id for each in page]
    assert sorted(handed) == sorted(pending.decision for pending in waiting)
    assert len(world.queue()) == len(handed)
