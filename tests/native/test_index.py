"""The core finds the rules of an event that Python finds, in the same order."""

from __future__ import annotations

import pytest

from duly.native.index import lower_index
from duly.planning.index import EventIndex, demanded
from tests.native.terms import Maker


def constants(maker):
    return [maker.constant().value for _ in range(maker.random.choice((1, 1, 1, 3)))]


def index_of(maker):
    index = EventIndex()
    paths = [maker.path() for _ in range(maker.random.randint(1, 4))]
    for rule in range(maker.random.randint(0, 60)):
        if maker.random.random() < 0.2:
            index.add(rule, None)
        else:
            index.add(rule, (maker.random.choice(paths), constants(maker)))
    return index


def test_random_indexes_agree(native):
    found_some = 0
    for seed in range(400):
        maker = Maker(seed)
        index = index_of(maker)
        core = native.EventIndex(lower_index(index, int))
        for _ in range(8):
            properties = maker.properties()
            found = core.candidates(properties)
            assert found == list(index.candidates(properties)), (seed, properties)
            found_some += bool(found[len(index.always) :])
    assert found_some > 300


def test_indexes_of_conditions_agree(native):
    filed = 0
    for seed in range(150):
        maker = Maker(seed)
        index = EventIndex()
        for rule in range(10):
            index.add(rule, demanded(maker.condition()))
        filed += len(index.by_path)
        core = native.EventIndex(lower_index(index, int))
        for _ in range(4):
            properties = maker.properties()
            assert core.candidates(properties) == list(index.candidates(properties)), (seed, properties)
    assert filed > 60


def test_numbers_texts_and_truth_values_are_kept_apart(native):
    index = EventIndex()
    for rule, value in enumerate([1, True, "1", 1.5, 0, False, 2**53 + 1, 2.0**63, ""]):
        index.add(rule, (("a",), [value]))
    core = native.EventIndex(lower_index(index, int))
    for value, expected in [
        (1, [0]), (1.0, [0]), (True, [1]), ("1", [2]), (1.5, [3]), (0.0, [4]), (-0.0, [4]), (False, [5]),
        (2**53 + 1, [6]), (float(2**53), []), (2.0**63, [7]), (2**63 - 1, []), ("", [8]), (None, []), ([1], []),
        ({"a": 1}, []), (float("nan"), []), (float("inf"), []),
    ]:  # fmt: skip
        assert core.candidates({"a": value}) == expected == list(index.candidates({"a": value})), value


def test_rules_are_called_as_one_likes():
    index = EventIndex()
    index.add("always", None)
    index.add("some", (("a", "b"), [1, "x"]))
    numbers = {"always": 7, "some": 9}
    assert lower_index(index, numbers.__getitem__) == ((7,), ((("a", "b"), ((1, (9,)), ("x", (9,)))),))


@pytest.mark.parametrize("value", [2**63, float("inf"), "\ud800"])
def test_what_the_core_cannot_hold_is_left_to_python(value):
    index = EventIndex()
    index.add(1, (("a",), [value]))
    assert lower_index(index, int) is None


@pytest.mark.parametrize("lowered", [None, (), ((),), ((-1,), ()), ((), (("a",),)), ((), ((("a",), ((None, ()),)),))])
def test_what_was_not_lowered_is_refused(native, lowered):
    with pytest.raises(native.Declined):
        native.EventIndex(lowered)
