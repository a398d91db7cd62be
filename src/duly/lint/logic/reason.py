"""Whether conditions can be true, imply each other or overlap: proofs, and examples that were tried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from duly.conditions.compile import compile_condition, compile_filter
from duly.lint.logic.facts import Invented
from duly.lint.logic.invent import invent
from duly.lint.logic.search import Goal, Search, Term, TooLarge
from duly.lint.logic.wants import Want
from duly.meaning.model import Condition, Segment

MOST_EXAMPLES = 8
"""How many terms of a normal form are made examples of before it is left open."""


class No(Enum):
    """The types of `IMPOSSIBLE` and `OPEN`."""

    IMPOSSIBLE = "impossible"
    OPEN = "open"


IMPOSSIBLE = No.IMPOSSIBLE
"""Proven: there is no such case."""
OPEN = No.OPEN
"""Beyond the bound, or no example was found."""


@dataclass(frozen=True, slots=True)
class Example:
    """A case that was made up and tried out: an event, a user and an instant."""

    facts: Invented


class Reason:
    """
    Decides what conditions can be, by their normal form.

    `impossible` and `implies` are proofs. An example has been run through the compiled conditions; where none is found
    that passes, and beyond the bound, the answer is `OPEN`.
    """

    def __init__(self, segments: Mapping[str, Segment]) -> None:
        self._search = Search(segments)
        self._tests = {name: _Late(segment.where) for name, segment in segments.items()}
        self._compiled: dict[int, tuple[Condition, Any]] = {}

    def impossible(self, *goals: Goal) -> bool:
        """Whether it is proven that the conditions are never all as wanted at the same time."""
        try:
            return next(self._search.terms(goals), None) is None
        except TooLarge:
            return False

    def example(self, *goals: Goal) -> Example | No:
        """A case in which all conditions are as wanted."""
        try:
            for number, term in enumerate(self._search.terms(goals)):
                facts = invent(term, self._tests, self._event_for)
                if self._holds(goals, facts):
                    return Example(facts)
                if number + 1 >= MOST_EXAMPLES:
                    return OPEN
        except TooLarge:
            return OPEN
        return IMPOSSIBLE if self.impossible(*goals) else OPEN

    def terms(self, condition: Condition) -> list[Term] | None:
        """The normal form of a condition being true; None beyond the bound."""
        try:
            return list(self._search.terms([(condition, Want.TRUE)]))
        except TooLarge:
            return None

    def satisfiable(self, condition: Condition) -> Example | No:
        """A case in which a condition is true."""
        return self.example((condition, Want.TRUE))

    def overlap(self, one: Condition, other: Condition) -> Example | No:
        """A case in which both are true."""
        return self.example((one, Want.TRUE), (other, Want.TRUE))

    def implies(self, one: Condition, other: Condition) -> bool:
        """Whether it is proven that the other is true whenever the one is."""
        return self.impossible((one, Want.TRUE), (other, Want.NOT_TRUE))

    def never(self, condition: Condition) -> bool:
        """Whether it is proven that a condition is never true."""
        return self.impossible((condition, Want.TRUE))

    def always(self, condition: Condition) -> bool:
        """Whether it is proven that a condition is true in every case."""
        return self.impossible((condition, Want.NOT_TRUE))

    def never_false(self, condition: Condition) -> bool:
        """Whether it is proven that a condition is never false: it is true or unknown."""
        return self.impossible((condition, Want.FALSE))

    def _holds(self, goals: Sequence[Goal], facts: Invented) -> bool:
        return all(self._test(condition)(facts) in want.truths for condition, want in goals)

    def _test(self, condition: Condition) -> Any:
        known = self._compiled.get(id(condition))
        if known is None:
            known = self._compiled[id(condition)] = (condition, compile_condition(condition).test)
        return known[1]

    def _event_for(self, where: Condition) -> dict[str, Any] | None:
        """Properties of a past event that a filter lets through, whoever the user is."""
        search = Search({})
        try:
            for term in search.terms([(where, Want.TRUE)]):
                facts = invent(term, {}, lambda _: None)
                if compile_filter(where)(Invented(traits=facts.traits), facts.event) is True:
                    return facts.event
        except TooLarge:
            return None
        return None


class _Late:
    """A segment's test, compiled when it is first needed."""

    __slots__ = ("_condition", "_test")

    def __init__(self, condition: Condition) -> None:
        self._condition = condition
        self._test: Any = None

    def __call__(self, facts: Any) -> bool | None:
        if self._test is None:
            self._test = compile_condition(self._condition).test
        truth: bool | None = self._test(facts)
        return truth
