"""The normal form: every way in which conditions can be as wanted, as what it leaves of each variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from duly.lint.logic.atoms import Leaf, leaf
from duly.lint.logic.domains import Domain
from duly.lint.logic.links import consistent
from duly.lint.logic.variables import Variable
from duly.lint.logic.wants import Want
from duly.meaning.model import And, Comparison, Condition, InSegment, Not, Or, Segment, Within

MOST_TERMS = 64
"""How many terms a normal form may have to be looked at at all."""
MOST_STEPS = 64 * MOST_TERMS
"""How many alternatives are looked into before the search is given up."""

Goal = tuple[Condition, Want]
Term = dict[Variable, Domain]
Segments = Mapping[str, Segment]


class TooLarge(Exception):
    """The conditions are beyond the bound."""


class Search:
    """
    Finds the terms of a disjunctive normal form, those left out of which something contradicts something.

    A segment is its condition. What is wanted of an `and` or `or` is wanted of all its parts or of one of them, whether
    it is that it is true, false, or not so: Kleene's logic has no other case.
    """

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._steps = 0
        self._leaves: dict[tuple[int, Want], tuple[Condition, Leaf]] = {}
        self._ranges: dict[int, tuple[Within, And]] = {}

    def terms(self, goals: Sequence[Goal]) -> Iterator[Term]:
        """All terms, one after the other. Raises `TooLarge`."""
        self._steps = 0
        for number, term in enumerate(self._narrow(list(goals), {}, [])):
            if number >= MOST_TERMS:
                raise TooLarge
            yield term

    def _narrow(self, goals: list[Goal], term: Term, open: list[list[Goal]]) -> Iterator[Term]:
        """Meet all goals that leave no choice, then go through the choices."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooLarge
        while goals:
            if not self._meet(goals, term, open):
                return
        if not open:
            if consistent(term):
                yield term
            return
        if not consistent(term):
            return
        choice = min(open, key=len)
        rest = [each for each in open if each is not choice]
        for goal in choice:
            yield from self._narrow([goal], dict(term), list(rest))

    def _meet(self, goals: list[Goal], term: Term, open: list[list[Goal]]) -> bool:
        """Take one goal away; False when it contradicts the term."""
        condition, want = goals.pop()
        if isinstance(condition, Not):
            goals.append((condition.term, want.flipped))
        elif isinstance(condition, And | Or):
            parts = [(part, want) for part in condition.terms]
            if isinstance(condition, And) is (want in (Want.TRUE, Want.NOT_FALSE)):
                goals.extend(parts)
            else:
                open.append(parts)
        elif isinstance(condition, Within):
            goals.append((self._bounds(condition), want))
        elif isinstance(condition, InSegment) and condition.segment in self._segments:
            goals.append((self._segments[condition.segment].where, want))
        else:
            return self._constrain(condition, want, term)
        return True

    def _bounds(self, condition: Within) -> And:
        known = self._ranges.get(id(condition))
        if known is None:
            known = self._ranges[id(condition)] = (condition, bounds(condition))
        return known[1]

    def _constrain(self, clause: Condition, want: Want, term: Term) -> bool:
        known = self._leaves.get((id(clause), want))
        if known is None:  # the clause is kept with what was found, so that no other gets its id
            known = self._leaves[id(clause), want] = (clause, leaf(clause, want))
        if known[1] is None:
            return False
        for variable, domain in known[1]:
            before = term.get(variable)
            narrowed = domain if before is None else before.meet(domain)
            if narrowed.empty:
                return False
            term[variable] = narrowed
        return True


def bounds(condition: Within) -> And:
    """`between` as the two comparisons that it stands for."""
    low = Comparison(">=", condition.value, condition.low, condition.span)
    return And((low, Comparison("<=", condition.value, condition.high, condition.span)), condition.span)
