"""Whenever the process dies: two identities are one person, or two, and never something in between."""

import random
import subprocess
import sys
from pathlib import Path

from tests.engine.world import PEEK, SAVED
from tests.identity.child import RULES
from tests.identity.whole import assert_whole, users
from tests.identity.world import People

CHILD = [sys.executable, str(Path(__file__).with_name("child.py"))]


def test_a_kill_in_the_middle_of_merges_leaves_nothing_half_moved(durable_url):
    chance, said = random.Random(), []
    for attempt in range(3):
        child = subprocess.Popen([*CHILD, durable_url, str(attempt)], stdout=subprocess.PIPE, text=True)
        lines = [child.stdout.readline() for _ in range(chance.randrange(1, 250))]
        child.kill()
        lines += child.communicate()[0].splitlines(keepends=True)
        said += [tuple(line.split()) for line in lines if line.endswith("\n")]
        world = People(durable_url, *RULES, buckets=None, relations={"saved": SAVED})
        check(world, said)
        world.close()
    assert said


def check(world, said):
    assert_whole(world)
    known = users(world)
    for what, name in said:
        device, user = known[f"a:{name}"], known[f"u:{name}"]
        assert what == "lived" or device.merged_into
        people = [user] if device.merged_into else [user, device]
        waiting = sorted(each.message_id for person in people for each in person.pending)
        assert waiting == sorted([f"l a:{name}", f"l {name}"])
        assert sum(len(person.sends) for person in people) == 2
        identities = [f"u:{name}"] if device.merged_into else [f"u:{name}", f"a:{name}"]
        assert sum(world.engine.relation_counts(identity)["saved"] for identity in identities) == 2
        if device.merged_into:
            assert world.one(name, world.write(who=name, message=f"after {name}"), PEEK).reason == "capped"
