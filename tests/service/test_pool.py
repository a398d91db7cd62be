"""The threads that answer calls."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Barrier, Event, Lock, Thread

import grpc
import pytest

from duly.service import own_calls, receipt, task
from duly.service.arrivals import Arrivals
from duly.service.errors import Overloaded, Stopping
from duly.service.pool import Pool
from duly.service.server import Server
from duly.service.settings import Settings
from duly.service.task import Task
from duly.v1.decision_service_pb2 import DecideRequest, DecideResponse
from tests.safety.conftest import half, refusal
from tests.service.conftest import RULES


def test_work_is_done_at_the_same_time():
    pool, meeting = Pool(3, 10), Barrier(4)
    for _ in range(3):
        pool.submit(meeting.wait, 5)
    meeting.wait(5)
    assert pool.finish(5)


def test_who_waits_for_work_is_told_whenever_they_ask():
    pool, told = Pool(1, 10), Event()
    work = pool.submit(int)
    assert pool.finish(5)
    work.add_done_callback(lambda _: told.set())
    assert told.is_set()


def test_too_long_a_queue_is_refused():
    pool, go = Pool(1, 2), Event()
    started = Event()
    pool.submit(lambda: (started.set(), go.wait(5)))
    started.wait(5)
    pool.submit(pool.demand_turn)
    pool.demand_room()
    pool.submit(int)
    with pytest.raises(Overloaded):
        pool.demand_room()
    refused: SimpleQueue[type[Exception]] = SimpleQueue()
    for _ in range(3):
        pool.submit(note_refusal, pool, refused)
    assert [refused.get(timeout=5) for _ in range(3)] == [Overloaded] * 3
    assert pool.waiting == 2
    go.set()
    assert pool.finish(5)


def test_who_comes_when_it_is_closed_is_told_so():
    pool, told = Pool(2, 2), SimpleQueue()
    pool.submit(note_refusal, pool, told)
    pool.close()
    pool.submit(note_refusal, pool, told)
    assert told.get(timeout=5) is Stopping
    assert pool.finish(5)
    assert told.empty()


def note_refusal(pool, refused):
    try:
        pool.demand_turn()
    except (Overloaded, Stopping) as error:
        refused.put(type(error))


def test_work_that_hangs_does_not_hold_up_the_end():
    pool, never = Pool(1, 2), Event()
    pool.submit(never.wait)
    assert not pool.finish(0.01)
    never.set()


@pytest.fixture
def plain(monkeypatch):
    """A server in this process for one call, and one that waits, which reads no messages before there is a thread."""
    monkeypatch.setattr(receipt, "_KNOWN", False)
    monkeypatch.setattr(own_calls, "KNOWN", False)
    files = (("shop.duly", RULES.encode()),)
    few = Settings(
        files, store="memory:", grpc="127.0.0.1:0", http="", log_level="error", threads=1, streams=0, queue=1
    )
    server = Server(few)
    server.start()
    yield server
    server.stop()


def test_a_library_that_hands_calls_over_differently_is_lived_with(plain):
    with grpc.insecure_channel(plain.addresses.grpc) as channel:
        decide = channel.stream_unary("/duly.v1.DecisionService/Decide", None, DecideResponse.FromString)
        assert decide(iter([DecideRequest(user_id="ada").SerializeToString()]), timeout=10).rules_version
        with half(channel, 2, "/duly.v1.DecisionService/Decide"):
            while (error := refusal(decide, iter([b""]), timeout=10)) is None or "more calls" not in error.details():
                assert error is None or error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            check = channel.unary_unary("/grpc.health.v1.Health/Check")
            assert check(b"", timeout=10) == b"\x08\x01"


def test_a_call_that_begins_while_others_are_read_waits_for_none_of_them(monkeypatch):
    """GRPC's thread begins a call and holds its lock, which whoever has its message read takes as well."""
    lock, asking, asked = Lock(), Event(), []

    def ask(call, _arrived):
        asking.set()
        with lock:
            asked.append(call)

    monkeypatch.setattr(task, "readable", lambda call: call)
    monkeypatch.setattr(task, "read_message", ask)
    calls = Arrivals(1, lambda _task: None)
    calls.begin(Task(int, ("first",)))
    calls.begin(Task(int, ("second",)))
    asking.clear()
    with lock:
        reader = Thread(target=calls.leave)
        reader.start()
        assert asking.wait(10)
        beginner = Thread(target=calls.begin, args=(Task(int, ("third",)),), daemon=True)
        beginner.start()
        beginner.join(10)
        assert not beginner.is_alive()
    reader.join(10)
    assert (asked, calls.unread) == ([("first",), ("second",)], 1)
    calls.leave()
    assert (asked[-1], calls.unread) == (("third",), 0)
