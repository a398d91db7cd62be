"""`and`, `or`, `not`: Kleene's three-valued logic."""

from __future__ import annotations

from duly.conditions.code import Code, truth_code, two_valued
from duly.conditions.truth import Explained, View, explanation
from duly.conditions.words import words
from duly.meaning.model import Aggregate, And, Comparison, Condition, Did, DidNot, InSegment, Not, Or, TimeSince

DEEPEST = 40
"""Blocks nested deeper become a function of their own, because Python limits indentation."""


def condition_body(condition: Condition, code: Code) -> None:
    """Add a function body that returns the truth of `condition`."""
    if not isinstance(condition, And | Or):
        code.line(f"return {truth_code(condition, code)}")
        return
    decisive = isinstance(condition, Or)
    terms = _ordered(condition)
    undecided = ""
    for term in terms[:-1]:
        name = code.local(truth_code(term, code))
        code.line(f"if {name} is {decisive}: return {decisive}")
        if not two_valued(term):
            undecided = undecided or "undecided"
            code.line(f"if {name} is None: undecided = None")
    if undecided:
        code.lines.insert(0, f" undecided = {not decisive}")
    last = truth_code(terms[-1], code)
    if undecided:
        name = code.local(last)
        code.line(f"return undecided if {name} is {not decisive} else {name}")
    else:
        code.line(f"return {last}")


@truth_code.register(And)
@truth_code.register(Or)
def _connective_code(condition: And | Or, code: Code) -> str:
    if code.depth >= DEEPEST:
        inner = Code(code.filtering)
        condition_body(condition, inner)
        return f"{code.slot(inner.bind())}({code.arguments})"
    decisive = isinstance(condition, Or)
    result = code.local(str(not decisive))
    for number, term in enumerate(_ordered(condition)):
        if number:
            code.line(f"if {result} is not {decisive}:")
            code.depth += 1
        name = code.local(truth_code(term, code))
        code.line(f"if {name} is not {not decisive}: {result} = {name}")
        code.depth -= number > 0
    return result


@truth_code.register
def _not_code(condition: Not, code: Code) -> str:
    name = code.local(truth_code(condition.term, code))
    return f"not {name}" if two_valued(condition.term) else f"(None if {name} is None else not {name})"


def _ordered(condition: And | Or) -> list[Condition]:
    """Terms with the cheap ones first, which Kleene's logic allows; history is the dearest, then segments."""
    return sorted(condition.terms, key=_cost)


def _cost(condition: Condition) -> int:
    if isinstance(condition, Did | DidNot):
        return 3
    if isinstance(condition, InSegment):
        return 2
    if isinstance(condition, And | Or):
        return max((_cost(term) for term in condition.terms), default=0)
    if isinstance(condition, Not):
        return _cost(condition.term)
    if isinstance(condition, Comparison):
        sides = (condition.left, condition.right)
        return 3 * any(isinstance(side, Aggregate | TimeSince) for side in sides)
    return 0


@explanation.register
def _and(condition: And, view: View) -> Explained:
    children = tuple(explanation(term, view) for term in condition.terms)
    truths = [child.truth for child in children]
    truth = False if False in truths else None if None in truths else True
    return Explained(truth, words(condition), children)


@explanation.register
def _or(condition: Or, view: View) -> Explained:
    children = tuple(explanation(term, view) for term in condition.terms)
    truths = [child.truth for child in children]
    truth = True if True in truths else None if None in truths else False
    return Explained(truth, words(condition), children)


@explanation.register
def _not(condition: Not, view: View) -> Explained:
    child = explanation(condition.term, view)
    truth = None if child.truth is None else not child.truth
    return Explained(truth, words(condition), (child,), child.values)
