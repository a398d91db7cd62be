"""Messages that are answered in one round: each gets its own answer, durable, and nobody suffers for another."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event, Lock, Thread

import pytest

from duly.engine.store import StoreUnavailable
from duly.service.convert.flawed import Flawed
from duly.service.methods import DECISIONS
from duly.service.rounds import MOST, Rounds
from duly.service.server import Server
from duly.service.settings import Settings
from duly.service.together import Together
from duly.v1.decision_service_pb2 import BatchDecideResponse, DecideRequest
from tests.service.conftest import RULES

SECONDS = 10


class Oracle:
    """Answers messages with what they ask, in rounds that it is held up in until it is let go."""

    def __init__(self):
        self.rounds: list[list[Sequence[bytes]]] = []
        self.synced: list[int] = []
        self.begun, self.go = Event(), Event()
        self.alone = Lock()

    def answer(self, messages):
        assert self.alone.acquire(blocking=False), "two rounds at a time"
        self.rounds.append(list(messages))
        self.begun.set()
        assert self.go.wait(SECONDS)
        self.alone.release()
        return [said_to(message) for message in messages], len(self.rounds)

    def sync(self, ticket):
        self.synced.append(ticket)


def said_to(message):
    return ValueError("bad") if message[0] == b"bad" else b"+".join(message)


class Crowd:
    """Threads that ask, and what each was told."""

    def __init__(self, rounds):
        self.rounds, self.told, self.threads = rounds, {}, []

    def ask(self, name, message):
        def work():
            try:
                self.told[name] = self.rounds.ask(message)
            except Exception as error:  # noqa: BLE001  # whatever it is told
                self.told[name] = error

        self.threads.append(Thread(target=work))
        self.threads[-1].start()

    def wait(self):
        for thread in self.threads:
            thread.join(SECONDS)
            assert not thread.is_alive()
        return self.told


def waiting(rounds, count):
    while len(rounds._waiting) < count:
        pass


def after_the_first(oracle, messages):
    """Have messages come while a first one is answered; what they are told."""
    rounds = Rounds(Together(oracle.answer, oracle.sync))
    crowd = Crowd(rounds)
    crowd.ask("first", [b"first"])
    assert oracle.begun.wait(SECONDS)
    for count, (name, message) in enumerate(messages.items(), 1):
        crowd.ask(name, message)
        waiting(rounds, count)
    oracle.go.set()
    return crowd.wait()


def test_those_who_wait_are_answered_in_one_round_and_each_gets_its_own_answer():
    oracle = Oracle()
    told = after_the_first(oracle, {"a": [b"1", b"2"], "b": [b"3"], "c": [b"4"]})
    assert told == {"first": b"first", "a": b"1+2", "b": b"3", "c": b"4"}
    assert oracle.rounds == [[[b"first"]], [[b"1", b"2"], [b"3"], [b"4"]]]
    assert sorted(oracle.synced) == [1, 2]


def test_what_is_wrong_with_one_message_is_told_to_it_alone():
    told = after_the_first(Oracle(), {"a": [b"1"], "b": [b"bad"], "c": [b"2"]})
    assert str(told.pop("b")) == "bad" and told == {"first": b"first", "a": b"1", "c": b"2"}


def test_a_round_has_no_more_questions_than_it_may_but_a_message_is_never_split():
    oracle = Oracle()
    sizes = [MOST // 2, MOST // 2, 1, MOST + 5, 3]
    told = after_the_first(oracle, {str(number): [b"x"] * size for number, size in enumerate(sizes)})
    assert all(told[str(number)].count(b"x") == size for number, size in enumerate(sizes))
    assert [[len(message) for message in messages] for messages in oracle.rounds] == [
        [1],
        [MOST // 2, MOST // 2],
        [1],
        [MOST + 5],
        [3],
    ]


@pytest.mark.parametrize("fault", ["answer", "sync"])
def test_everybody_is_told_that_the_store_is_away_and_the_next_round_is_answered(fault):
    oracle = Oracle()
    work = getattr(oracle, fault)

    def fail_in_the_second(given):
        result = work(given)
        if (given if fault == "sync" else result[1]) == 2:
            raise StoreUnavailable("the disk is gone")
        return result

    setattr(oracle, fault, fail_in_the_second)
    told = after_the_first(oracle, {"a": [b"a"], "b": [b"b"]})
    assert [name for name, answer in sorted(told.items()) if isinstance(answer, StoreUnavailable)] == ["a", "b"]
    assert told["first"] == b"first"
    assert Rounds(Together(oracle.answer, oracle.sync)).ask([b"later"]) == b"later"


def test_a_message_that_cannot_be_dealt_with_keeps_none_of_its_round_from_being_answered():
    oracle = Oracle()
    answer = oracle.answer

    def stumble(messages):
        found = answer(messages)
        if [b"odd"] in messages:
            raise RuntimeError("a mistake")
        return found

    oracle.answer = stumble
    told = after_the_first(oracle, {"a": [b"1"], "b": [b"odd"], "c": [b"2"]})
    assert str(told.pop("b")) == "a mistake" and told == {"first": b"first", "a": b"1", "c": b"2"}


def test_many_who_ask_again_and_again_all_get_their_own_answers():
    oracle = Oracle()
    oracle.go.set()
    rounds, wrong = Rounds(Together(oracle.answer, oracle.sync)), []

    def ask(caller):
        for number in range(200):
            message = [b"%d" % caller, b"%d" % number]
            if rounds.ask(message) != b"+".join(message):
                wrong.append(message)

    threads = [Thread(target=ask, args=(caller,)) for caller in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert not wrong and sum(map(len, oracle.rounds)) == 16 * 200


def test_a_message_with_an_item_that_is_none_does_not_spoil_the_others_of_its_round():
    files = (("shop.duly", RULES.encode()),)
    server = Server(Settings(files, store="memory:", grpc="127.0.0.1:0", http="", log_level="error"))
    server.start()
    try:
        deciding = server._tenants["default"].servicers[DECISIONS.full_name]._deciding
        good, bad = DecideRequest(user_id="ada").SerializeToString(), b"\xff\xff"
        answers, _ = Together(deciding._round, print).answers([[good], [good, bad], [good, good]])
        assert isinstance(answers[1], Flawed)
        assert [len(BatchDecideResponse.FromString(answers[number]).responses) for number in (0, 2)] == [1, 2]
    finally:
        server.stop()
