"""Three-valued truth: tables for `and`, `or` and `not`, whatever the order."""

from itertools import permutations, product

import pytest

from duly.conditions.compile import compile_condition
from duly.conditions.explain import explain
from duly.meaning.model import And, Not, Or
from tests.conditions.world import FALSE, TRUE, UNKNOWN, YES, World

TERMS = {True: TRUE, False: FALSE, None: UNKNOWN}
WORLD = World(related=YES)


def truth(condition):
    compiled = compile_condition(condition).test(WORLD)
    assert explain(condition, WORLD).truth is compiled
    assert compile_condition(Or((condition, condition))).test(WORLD) is compiled
    return compiled


@pytest.mark.parametrize(
    "values", [values for size in (1, 2, 3, 4) for values in product([True, False, None], repeat=size)]
)
def test_one_false_decides_an_and_and_one_true_an_or(values):
    terms = tuple(TERMS[value] for value in values)
    assert truth(And(terms)) is (False if False in values else None if None in values else True)
    assert truth(Or(terms)) is (True if True in values else None if None in values else False)


@pytest.mark.parametrize(("value", "negated"), [(True, False), (False, True), (None, None)])
def test_not_unknown_is_unknown(value, negated):
    assert truth(Not(TERMS[value])) is negated
    assert truth(Not(Not(TERMS[value]))) is value


@pytest.mark.parametrize("values", list(permutations([True, False, None])))
def test_nested_connectives_keep_the_tables(values):
    a, b, c = (TERMS[value] for value in values)
    both = False if False in values[:2] else None
    assert truth(And((a, b))) is both
    assert truth(Not(And((a, b)))) is (None if both is None else True)
    assert truth(And((Or((a, b, c)), TRUE))) is True
    assert truth(Or((And((a, b, c)), UNKNOWN))) is None
    assert truth(And((Or((And((a, UNKNOWN)), b)), c))) in (True, False, None)


def test_no_condition_is_true():
    assert compile_condition(None).test(WORLD) is True
    assert explain(None, WORLD).truth is True


def test_deep_nesting_and_many_terms_compile():
    deep = UNKNOWN
    for depth in range(128):
        deep = Not(deep) if depth % 3 == 0 else And((deep, TRUE)) if depth % 3 == 1 else Or((FALSE, deep))
    assert truth(deep) is None
    assert truth(And((TRUE,) * 255 + (FALSE,))) is False


def test_alike_conditions_share_their_code():
    one, other = compile_condition(And((TRUE, UNKNOWN))), compile_condition(And((TRUE, UNKNOWN)))
    assert one.test.__code__ is other.test.__code__
