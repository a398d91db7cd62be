"""The core finds the things of an event, and files them under the keys, that Python does."""

from __future__ import annotations

import pytest

from duly.engine.keys import thing
from duly.planning.plan import RelationUpdate, at_path
from tests.native.terms import TEXTS, Maker
from tests.native.test_templates import doubles

LONG = ["x" * 256, "x" * 257, "é" * 256, "é" * 257, "😀" * 256, "😀" * 257]
STRANGE = ["a\x7f", "a\x1f", "a\x00", "a\x80", "a\u2028", "\u00ad", "\u200b", "a b", '"', "\\", "\ufffe"]
NUMBERS = [
    0, -0.0, 1, 1.0, -1.0, 1.5, 1e-4, 9.999e-5, 1e-5, 5e-324, 4503599627370495.5, 1e15 + 0.5, 1e16, 2.0**63, -(2.0**63),
    1e22, 1.7976931348623157e308, 2**63 - 1, -(2**63), 0.1, 2.0**-44, 123456789.125, float("inf"), float("nan"),
]  # fmt: skip


def test_random_values_have_the_same_keys(native):
    maker = Maker(0)
    for _ in range(1500):
        value = maker.value() if maker.random.random() < 0.5 else doubles(maker.random)
        assert native.thing(value) == thing(value), value


@pytest.mark.parametrize("text", TEXTS + LONG + STRANGE)
def test_texts_have_the_same_keys(native, text):
    assert native.thing(text) == thing(text)


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_have_the_same_keys(native, number):
    assert native.thing(number) == thing(number)


def test_whole_numbers_beyond_64_bits_are_left_to_python(native):
    with pytest.raises(native.Declined):
        native.thing(2**63)


def listed(maker, depth=0):
    """Properties with lists of objects, as orders have them."""
    random = maker.random
    if depth > 3 or random.random() < 0.3:
        return maker.value()
    if random.random() < 0.5:
        return [listed(maker, depth + 1) for _ in range(random.randint(0, 3))]
    return {name: listed(maker, depth + 1) for name in random.sample("abc", random.randint(1, 3))}


def test_things_are_found_where_python_finds_them(native):
    some = 0
    for seed in range(1500):
        maker = Maker(seed)
        properties = {name: listed(maker) for name in "abc"}
        key = tuple(maker.random.choices("abc", k=maker.random.choice((1, 1, 2, 3))))
        under = ("b", *key)
        expected = [thing(value) for value in RelationUpdate("r", key, under, True).things(properties)]
        assert native.things_at(properties, key, under) == expected, (seed, properties, key)
        assert native.thing_at(properties, key) == thing(at_path(properties, key)), (seed, properties, key)
        some += bool(expected)
    assert some > 500
