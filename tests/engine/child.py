"""A process to be killed: `fanout URL PAGES` kills itself, `write URL ROUND` acknowledges until somebody does."""

import os
import signal
import sys
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.engine.world import HOUR, NOON, SALE, SECOND, World, day, event, rule, sale


def fanout(url, pages):
    """Start a fan-out to 2,000 users in 4 buckets and die after some of its pages."""
    world = World(url, sale(), buckets=4)
    for start in range(0, 2000, 500):
        numbers = range(start, start + 500)
        world.ingest(*(event(f"m{n}", "Saved", f"user{n}", product_id="boots") for n in numbers))
    world.ingest(event("s", SALE, user="", product_id="boots"))
    for _ in range(int(pages) - 1):
        world.engine.fan_out()
    os.kill(os.getpid(), signal.SIGKILL)


def write(url, attempt):
    """Four threads that ingest and decide, each naming on its output what was acknowledged."""
    world = World(url, *RULES, buckets=None if int(attempt) else 16, now=NOON + 3 * HOUR)
    threads = [Thread(target=_write, args=(world, f"{attempt}.{number}")) for number in range(4)]
    for thread in threads:
        thread.start()


RULES = (rule("saved", "Saved", caps=(day(10_000),)), rule("asked", "Asked"), rule("held", "Held", at_local=18))


def _write(world, name):
    user = f"user{name}"
    for step in range(100_000):
        time = NOON + step * SECOND
        events = [event(f"{name}.{step}.{n}", "Saved", user, time, product_id=f"{step}.{n}") for n in range(3)]
        events.append(event(f"{name}.{step}.h", "Held", user, time))
        assert world.ingest(*events) == ["ACCEPTED"] * 4
        _say(f"ingested {name} {step}")
        decision = world.one(user, event(f"{name}.{step}.a", "Asked", user, time))
        _say(f"decided {name} {step} {decision.id.hex()}")


def _say(line):
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    {"fanout": fanout, "write": write}[sys.argv[1]](*sys.argv[2:])
