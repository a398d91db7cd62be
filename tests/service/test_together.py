"""Callers who ask at the same moment share the work, and none suffers for another's question."""

from collections.abc import Sequence
from threading import Event, Thread

import pytest

from duly.engine.api import Answer, Question
from duly.service.together import Together


class Oracle:
    """
    Answers with the identity as the version; holds its first group until it may `go`, and all tickets until `durable`.
    """

    def __init__(self, fatal: str = "") -> None:
        self.begun, self.go, self.durable = Event(), Event(), Event()
        self.durable.set()
        self.groups: list[list[str]] = []
        self.synced: list[int] = []
        self.fatal = fatal

    def sync(self, ticket: int) -> None:
        self.synced.append(ticket)
        assert self.durable.wait(10)

    def answer(self, questions: Sequence[Question]) -> tuple[list[Answer], int]:
        self.groups.append([question.identity for question in questions])
        self.begun.set()
        assert self.go.wait(10)
        if any(question.identity == self.fatal for question in questions):
            raise ValueError(self.fatal)
        return [Answer(rules_version=question.identity) for question in questions], len(self.groups)


def ask_all(oracle: Oracle, names: Sequence[str]) -> dict[str, str]:
    """What each is told; the first is being answered when the others come."""
    together, told = Together(oracle.answer, oracle.sync), dict[str, str]()

    def ask(name: str) -> None:
        try:
            told[name] = together.ask(Question(name)).rules_version
        except ValueError as error:
            told[name] = f"failed: {error}"

    threads = [Thread(target=ask, args=(name,)) for name in names]
    threads[0].start()
    assert oracle.begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < len(names) - 1:
        threads[0].join(0.001)
    oracle.go.set()
    for thread in threads:
        thread.join(10)
    return told


def test_everybody_gets_their_own_answer_from_two_groups() -> None:
    oracle, names = Oracle(), [f"u:{number}" for number in range(20)]
    assert ask_all(oracle, names) == {name: name for name in names}
    assert [len(group) for group in oracle.groups] == [1, 19]


def test_a_question_that_cannot_be_answered_fails_alone() -> None:
    oracle, names = Oracle(fatal="u:3"), [f"u:{number}" for number in range(6)]
    told = ask_all(oracle, names)
    assert told.pop("u:3") == "failed: u:3"
    assert told == {name: name for name in names if name != "u:3"}


def test_after_a_failure_the_next_is_answered() -> None:
    oracle = Oracle(fatal="u:1")
    oracle.go.set()
    together = Together(oracle.answer, oracle.sync)
    with pytest.raises(ValueError, match="u:1"):
        together.ask(Question("u:1"))
    assert together.ask(Question("u:2")).rules_version == "u:2"


def test_a_group_is_answered_while_another_waits_for_the_disk_and_nobody_is_told_before() -> None:
    oracle, told = Oracle(), list[str]()
    oracle.go.set()
    oracle.durable.clear()
    together = Together(oracle.answer, oracle.sync)
    threads = [Thread(target=lambda: told.append(together.ask(Question("u:1")).rules_version)) for _ in range(2)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        while len(oracle.synced) < number:
            thread.join(0.001)
    assert (oracle.groups, oracle.synced, told) == ([["u:1"], ["u:1"]], [1, 2], [])
    oracle.durable.set()
    for thread in threads:
        thread.join(10)
    assert told == ["u:1", "u:1"]
