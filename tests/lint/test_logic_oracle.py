"""What the linter proves of conditions an SMT solver finds as well, and every example it gives is one."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
import z3

from duly.conditions.compile import compile_condition
from duly.engine.history import MAX_EVENTS
from duly.lint.logic.ranges import MOST_EVENTS
from duly.lint.logic.reason import IMPOSSIBLE, OPEN, Example, Reason
from duly.lint.logic.wants import Want
from duly.meaning.model import (
    DAY,
    Aggregate,
    And,
    Comparison,
    Constant,
    Did,
    DidNot,
    EventFilter,
    InSegment,
    Matches,
    Missing,
    Moment,
    Not,
    OneOf,
    OptedIn,
    Or,
    Property,
    Related,
    Segment,
    TextTest,
    Type,
    Within,
)
from tests.lint.oracle import Oracle

TEXTS = ("", "a", "ab", "b", "ba", "c")
NUMBERS = (-1, 0, 0.2, 0.5, 1, 3)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
TODAY = 739_798
FILTER = Comparison("=", Property("event", ("total",)), Constant(1, Type.NUMBER))
SEGMENTS = {
    "big": Segment("big", Comparison(">=", Property("user", ("spent",)), Constant(1, Type.NUMBER))),
    "small": Segment("small", Or((Missing(Property("user", ("spent",))), Not(InSegment("big"))))),
}
CONDITIONS = 16
PER_GROUP = CONDITIONS * (CONDITIONS - 1)


class Writer:
    """Makes conditions up."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def condition(self, depth: int = 3):
        draw = self.random.random()
        if depth and draw < 0.55:
            terms = tuple(self.condition(depth - 1) for _ in range(self.random.randint(2, 3)))
            return And(terms) if self.random.random() < 0.6 else Or(terms)
        if depth and draw < 0.68:
            return Not(self.condition(depth - 1))
        return self.random.choice(self.clauses)()

    @property
    def clauses(self):
        plain = [self.number, self.text, self.truth, self.one_of, self.within, self.missing, self.part]
        return [*plain, *plain, self.date, self.weekday, self.count, self.did, self.member, self.pair]

    def property(self):
        return self.random.choice(
            (
                Property("event", ("x",)),
                Property("event", ("x",)),
                Property("product", ("y",)),
                Property("user", ("spent",)),
                Property("event", ("x", "in")),
            )
        )

    def comparison(self, value, values, type, operators=OPERATORS):
        return Comparison(self.random.choice(operators), value, Constant(self.random.choice(values), type))

    def number(self):
        return self.comparison(self.property(), NUMBERS, Type.NUMBER)

    def text(self):
        return self.comparison(self.property(), TEXTS, Type.TEXT)

    def truth(self):
        return self.comparison(self.property(), (True, False), Type.BOOLEAN, ("=", "!="))

    def one_of(self):
        type, values = self.random.choice(((Type.NUMBER, NUMBERS), (Type.TEXT, TEXTS)))
        items = tuple(Constant(value, type) for value in self.random.sample(values, 2))
        return OneOf(self.property(), items)

    def within(self):
        low, high = sorted(self.random.sample(NUMBERS, 2))
        return Within(self.property(), Constant(low, Type.NUMBER), Constant(high, Type.NUMBER))

    def missing(self):
        return Missing(self.property())

    def part(self):
        kind = self.random.choice(("contains", "starts with", "ends with", "matches"))
        if kind == "matches":
            return Matches(self.property(), self.random.choice(("a", "b")))
        return TextTest(kind, self.property(), Constant(self.random.choice(TEXTS[1:5]), Type.TEXT))

    def date(self):
        return self.comparison(Moment("today"), range(TODAY, TODAY + 9), Type.DATE)

    def weekday(self):
        return self.comparison(Moment("day of week"), range(7), Type.WEEKDAY, ("=", "!="))

    def events(self):
        return EventFilter(("Order",), self.random.choice((None, FILTER)))

    def count(self):
        window = self.random.choice((7 * DAY, 30 * DAY, None))
        return self.comparison(Aggregate("count", self.events(), window), (0, 1, 2.5, 3), Type.NUMBER)

    def did(self):
        return self.random.choice((Did, DidNot))(self.events(), self.random.choice((7 * DAY, 30 * DAY, None)))

    def member(self):
        return self.random.choice((Related("saved"), OptedIn("deals"), InSegment("big"), InSegment("small")))

    def pair(self):
        return Comparison(self.random.choice(OPERATORS), Property("event", ("x",)), Property("user", ("spent",)))


@dataclass
class Tally:
    """How many pairs were compared, and how many questions stayed open."""

    pairs: int = 0
    questions: int = 0
    open: int = 0


class Group:
    """Some conditions, each asked about each other, by one solver that knows them all."""

    def __init__(self, seed: int, tally: Tally) -> None:
        writer = Writer(seed)
        self.conditions = [writer.condition() for _ in range(CONDITIONS)]
        self.reason, self.tally = Reason(SEGMENTS), tally
        self.solver = z3.Solver()
        oracle = Oracle(TEXTS, SEGMENTS)
        self.true = [z3.Bool(f"condition {number}") for number in range(CONDITIONS)]
        for name, condition in zip(self.true, self.conditions, strict=True):
            self.solver.add(name == oracle.truths(condition)[0])
        self.solver.add(oracle.axioms)

    def compare(self) -> None:
        for one in range(CONDITIONS):
            self.agree([(one, Want.TRUE)])
            for other in range(CONDITIONS):
                if one < other:
                    self.agree([(one, Want.TRUE), (other, Want.TRUE)])
                if one != other:
                    self.agree([(one, Want.TRUE), (other, Want.NOT_TRUE)])
                    self.tally.pairs += 1

    def agree(self, wanted) -> None:
        goals = [(self.conditions[number], want) for number, want in wanted]
        found = self.reason.example(*goals)
        self.tally.questions += 1
        if found is OPEN:
            self.tally.open += 1
            assert not self.reason.impossible(*goals)
            return
        literals = [self.true[number] if want is Want.TRUE else z3.Not(self.true[number]) for number, want in wanted]
        possible = self.solver.check(*literals) == z3.sat
        assert possible is (found is not IMPOSSIBLE), goals
        if isinstance(found, Example):
            for condition, want in goals:
                assert compile_condition(condition).test(found.facts) in want.truths


def agreed(seeds: range) -> Tally:
    tally = Tally()
    for seed in seeds:
        Group(seed, tally).compare()
    return tally


@pytest.mark.parametrize("part", range(8))
def test_an_smt_solver_agrees_on_more_than_twenty_thousand_pairs(part):
    groups = range(part * 11, part * 11 + 11)
    tally = agreed(groups)
    assert tally.pairs == len(groups) * PER_GROUP > 2_500
    assert tally.open < tally.questions / 20


@pytest.mark.soak
@pytest.mark.parametrize("part", range(40))
def test_an_smt_solver_agrees_on_many_more_pairs(part):
    agreed(range(1_000 + part * 50, 1_050 + part * 50))


def test_a_count_reaches_as_far_as_history_is_kept():
    assert MOST_EVENTS == MAX_EVENTS
