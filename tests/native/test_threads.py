"""Many threads work by one plan of the compiled core, and its caps hold."""

import random
import sys
from threading import Thread
from time import monotonic

import pytest

from duly.timing.zone import known_zones
from duly.v1 import event_service_pb2 as pb
from tests.native.serving import Serving, bytes_of
from tests.native.test_taking import RULES, ask, event, identify, sale

GRANTED = (2, 3, 4, 5)
SECONDS = 1.5
USERS = [f"user{number}" for number in range(9)]
ZONES = sorted(known_zones())
MORE = "\nrule nine\n  when F\n  at 9:00 local\n  max 3/day\n"


@pytest.fixture
def hasty():
    """Threads that take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_threads_share_a_plan(native, hasty):
    serving, failures = Serving(RULES + MORE, RULES + MORE.replace("3/day", "4/day")), []
    serving.ingest(*(event("Saved", user, "saved") for user in USERS))
    end = monotonic() + SECONDS
    threads = [Thread(target=work, args=(serving, number, end, failures)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for user in USERS:
        check(serving, user)


def work(serving, number, end, failures):
    """Ask, tell and publish in no order until the end."""
    chance, turn = random.Random(number), 0
    while monotonic() < end:
        turn, draw = turn + 1, chance.random()
        try:
            if draw < 0.5:
                requests = [ask(sale(f"{number} {turn} {place}"), chance.choice(USERS)) for place in range(3)]
                serving.decide_bytes([bytes_of(request) for request in requests])
            elif draw < 0.95:
                zone = f'{{"timezone":"{chance.choice(ZONES)}"}}'.encode()
                told = identify(chance.choice(USERS), f"{number} {turn} i", zone)
                heard = event("F", chance.choice(USERS), f"{number} {turn} f")
                serving.events.Ingest(bytes_of(pb.IngestRequest(events=[told, heard])), None)
            else:
                serving.engine.publish(chance.choice(serving.plans))
        except Exception as error:  # noqa: BLE001  # a thread has nobody to tell
            failures.append(repr(error))


def check(serving, user):
    """What is logged of a user, what they were sent and what waits for them belong together."""
    known, logged = serving.engine.user(f"u:{user}"), serving.engine.decisions(f"u:{user}", 1_000_000)
    granted = [decision.id for decision in logged if decision.standing in GRANTED]
    assert len(granted) == 1  # of one product
    assert sorted(send.decision for send in known.sends) == sorted(granted)
    waiting = [decision.id for decision in logged if decision.standing == 1]
    assert sorted(pending.decision for pending in known.pending) == sorted(waiting)
    assert len({(decision.rule, decision.message_id) for decision in logged}) == len(logged)
