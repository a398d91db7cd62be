"""Callers who ask at the same moment share the work, and none suffers for another's question."""

from collections.abc import Callable, Sequence
from threading import Event, get_ident

import pytest

from duly.engine.store import StoreUnavailable
from duly.service.together import MOST, Gathering, Together

Asked = tuple[Together, bytes] | None


class Oracle:
    """Answers with the request itself, once it is let go; fails when `fatal` is asked. `synced` are the tickets."""

    def __init__(self, fatal: str = "") -> None:
        self.begun, self.go = Event(), Event()
        self.groups: list[list[str]] = []
        self.synced: list[int] = []
        self.fatal = fatal

    def decide(self, requests: Sequence[bytes]) -> tuple[list[bytes], int]:
        self.groups.append([request.decode() for request in requests])
        self.begun.set()
        assert self.go.wait(10)
        if self.fatal.encode() in requests:
            raise ValueError(self.fatal)
        return list(requests), len(self.groups)

    def together(self) -> Together:
        return Together(self.decide, self.synced.append)


class Crowd:
    """Callers in a gathering: what each was told, in which threads, and which of them began and ended."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.threads: set[int] = set()
        self.begun: list[One] = []
        self.ended: list[One] = []
        self.gathering = Gathering(self.begun.append, self.ended.append)

    def come(self, name: str, whom: Callable[[bytes], Asked]) -> None:
        self.gathering.put(One(self, name, whom))


class One:
    """One of a crowd."""

    def __init__(self, crowd: Crowd, name: str, whom: Callable[[bytes], Asked]) -> None:
        self.crowd, self.name, self.whom = crowd, name, whom

    def begin(self, since: float) -> Asked:
        self.crowd.threads.add(get_ident())
        return self.whom(self.name.encode())

    def end(self, answer: bytes | Exception | None) -> None:
        self.crowd.threads.add(get_ident())
        assert self.name not in self.crowd.told, "nobody is answered twice"
        told = answer.decode() if isinstance(answer, bytes) else f"failed: {answer}" if answer else "gone"
        self.crowd.told[self.name] = told
        if self.name == "u:breaks":
            raise KeyError(self.name)


def of(together: Together) -> Callable[[bytes], Asked]:
    return lambda request: (together, request)


def ask_all(oracle: Oracle, names: Sequence[str]) -> Crowd:
    """The first is being answered when the others come."""
    crowd, together = Crowd(), oracle.together()
    crowd.come(names[0], of(together))
    assert oracle.begun.wait(10)
    for name in names[1:]:
        crowd.come(name, of(together))
    oracle.go.set()
    assert crowd.gathering.finish(10)
    assert len(crowd.begun) == len(crowd.ended) == len(names)
    assert len(crowd.threads) == 1
    return crowd


def test_everybody_gets_their_own_answer_from_two_groups() -> None:
    oracle, names = Oracle(), [f"u:{number}" for number in range(20)]
    assert ask_all(oracle, names).told == {name: name for name in names}
    assert [len(group) for group in oracle.groups] == [1, 19]
    assert oracle.synced == [2], "one wait for durability is enough for both"


def test_a_crowd_is_answered_by_and_by() -> None:
    oracle, names = Oracle(), [f"u:{number}" for number in range(2 * MOST + 2)]
    assert ask_all(oracle, names).told == {name: name for name in names}
    assert [len(group) for group in oracle.groups] == [1, MOST, MOST, 1]


def test_a_question_that_cannot_be_answered_fails_alone() -> None:
    oracle, names = Oracle(fatal="u:3"), [f"u:{number}" for number in range(6)]
    told = ask_all(oracle, names).told
    assert told.pop("u:3") == "failed: u:3"
    assert told == {name: name for name in names if name != "u:3"}


def test_a_store_that_is_away_fails_all_and_nobody_asks_again() -> None:
    """What a question was granted may be written by then: asked again, it would seem to be somebody else's."""
    crowd, oracle = Crowd(), Oracle()
    oracle.go.set()

    def fail(_ticket: int) -> None:
        raise StoreUnavailable("the disk is full")

    together = Together(oracle.decide, fail)
    names = [f"u:{number}" for number in range(10)]
    for name in names:
        crowd.come(name, of(together))
    assert crowd.gathering.finish(10)
    assert crowd.told == dict.fromkeys(names, "failed: the disk is full")
    assert [name for group in oracle.groups for name in group] == names


def test_a_store_that_is_away_while_they_are_answered_fails_all() -> None:
    def decide(requests: Sequence[bytes]) -> tuple[list[bytes], int]:
        raise StoreUnavailable("the disk is full")

    answers, _ = Together(decide, print).answers([b"u:1", b"u:2"])
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 2


def test_questions_to_different_engines_do_not_mix() -> None:
    one, other, crowd = Oracle(), Oracle(), Crowd()
    both = [one.together(), other.together()]
    one.go.set()
    other.go.set()
    for number in range(40):
        crowd.come(f"u:{number}", of(both[number % 2]))
    assert crowd.gathering.finish(10)
    assert crowd.told == {f"u:{number}": f"u:{number}" for number in range(40)}
    for parity, oracle in enumerate((one, other)):
        asked = [identity for group in oracle.groups for identity in group]
        assert asked == [f"u:{number}" for number in range(parity, 40, 2)]


def test_a_call_that_is_refused_or_gone_holds_up_nobody() -> None:
    oracle, crowd = Oracle(), Crowd()
    oracle.go.set()

    def refuse(request: bytes) -> Asked:
        raise ValueError("no")

    callers = (of(oracle.together()), refuse, lambda request: None)
    for number in range(15):
        crowd.come(f"u:{number}", callers[number % 3])
    assert crowd.gathering.finish(10)
    told = ("u:{}", "failed: no", "gone")
    assert crowd.told == {f"u:{n}": told[n % 3].format(n) for n in range(15)}


def test_a_call_that_cannot_be_told_does_not_end_the_thread() -> None:
    oracle, crowd = Oracle(), Crowd()
    oracle.go.set()
    for name in ("u:breaks", "u:2"):
        crowd.come(name, of(oracle.together()))
    assert crowd.gathering.finish(10)
    assert crowd.told == {"u:breaks": "u:breaks", "u:2": "u:2"}
    assert len(crowd.ended) == 2


def test_who_asks_elsewhere_is_answered_at_once() -> None:
    oracle = Oracle(fatal="u:1")
    oracle.go.set()
    together = oracle.together()
    with pytest.raises(ValueError, match="u:1"):
        together.ask(b"u:1")
    assert together.ask(b"u:2") == b"u:2"
    assert oracle.synced == [2]
