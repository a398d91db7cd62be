"""A process to be killed while it makes people of identities: `child.py URL ROUND`; it tells each acknowledged step."""

import os
import sys
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.engine.world import SAVED, day, rule, sale
from tests.identity.world import People

RULES = (rule("greet", caps=(day(1),)), rule("later", "L", at_local=18), sale())


def live(world, name):
    """Somebody does the same on a phone and signed in; then the two are one."""
    for who in (f"a:{name}", name):
        world.ingest(world.write("L", who, f"l {who}"), world.write("Saved", who, f"s {who}", product_id=who))
        world.decide(who, world.write("E", who, f"e {who}"))
    say(f"lived {name}")
    world.sign_in(name, name)
    say(f"merged {name}")


def say(line):
    os.write(1, f"{line}\n".encode())


def run(world, attempt, number):
    for step in range(100_000):
        live(world, f"{attempt}.{number}.{step}")


if __name__ == "__main__":
    url, attempt = sys.argv[1:]
    world = People(url, *RULES, buckets=None if int(attempt) else 16, relations={"saved": SAVED})
    world.messages = int(attempt) * 1_000_000
    for number in range(3):
        Thread(target=run, args=(world, attempt, number)).start()
