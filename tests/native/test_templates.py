"""The core fills templates to the letter as Python does."""

from __future__ import annotations

import struct

import pytest

from duly.conditions.template import MissingSlot, render
from duly.meaning.model import Property, Slot
from duly.native.templates import lower_template
from tests.conditions.world import World
from tests.native.terms import NAMES, SCOPES, TEXTS, Maker


def slot(name, percent=False, fallback=None):
    return Slot(Property("event", (name,)), fallback, percent)


def template(maker):
    random = maker.random
    parts = []
    for _ in range(random.randint(0, 4)):
        if random.random() < 0.4:
            parts.append(random.choice(TEXTS))
        else:
            path = (random.choice(NAMES),) if random.random() < 0.7 else maker.path()
            fallback = random.choice(TEXTS) if random.random() < 0.6 else None
            parts.append(Slot(Property(random.choice(SCOPES), path), fallback, random.random() < 0.3))
    return tuple(parts)


def in_python(parts, world):
    text = render(parts, world)
    return None if isinstance(text, MissingSlot) else text


def test_random_templates_agree(native):
    missing = 0
    for seed in range(1500):
        maker = Maker(seed)
        parts = template(maker)
        core = native.Template(lower_template(parts))
        world = World(maker.properties(), maker.properties())
        found = core.render(world.event, world.traits)
        assert found == in_python(parts, world), (seed, parts, world)
        missing += found is None
    assert 100 < missing < 1000


def doubles(random):
    """Doubles of all sizes, those that lie between two of twelve digits included."""
    kind = random.random()
    if kind < 0.3:
        return struct.unpack("d", random.randbytes(8))[0]
    if kind < 0.6:
        return random.randint(-(10**13), 10**13) / random.choice((2, 4, 8, 10, 16, 100, 1024))
    if kind < 0.8:
        return random.choice((1, -1)) * 2.0 ** random.randint(-1074, 1023)
    return float(f"{random.randint(1, 999)}e{random.randint(-320, 305)}")


def test_numbers_are_written_as_python_writes_them(native):
    plain, percent = (slot("n"),), (slot("n", percent=True),)
    cores = [(parts, native.Template(lower_template(parts))) for parts in (plain, percent)]
    maker = Maker(0)
    for _ in range(1500):
        number = doubles(maker.random) if maker.random.random() < 0.7 else maker.number()
        for parts, core in cores:
            world = World({"n": number})
            assert core.render(world.event, {}) == in_python(parts, world), number


@pytest.mark.parametrize(
    ("number", "written", "hundredfold"),
    [(0.2, "0.2", "20%"), (12.5, "12.5", "1250%"), (0, "0", "0%"), (-3, "-3", "-300%"), (-0.0, "0", "0%"),
     (2**63 - 1, str(2**63 - 1), f"{2**63 - 1}00%"), (1e21, "1" + "0" * 21, "1" + "0" * 23 + "%"),
     (1e-7, "0.0000001", "0.00001%"), (1e307, "1" + "0" * 307, "inf%"), (0.1 + 0.2, "0.3", "30%"),
     (123456789012.5, "123456789012", "12345678901200%"), (True, "true", None),
     ("x", "x", None), ("", "", None), (None, None, None), ([1], None, None), (float("nan"), None, None)],
)  # fmt: skip
def test_what_is_written(native, number, written, hundredfold):
    for parts, expected in (((slot("n"),), written), ((slot("n", percent=True),), hundredfold)):
        assert native.Template(lower_template(parts)).render({"n": number}, {}) == expected
        assert in_python(parts, World({"n": number})) == expected


def test_what_utf8_cannot_hold_is_left_to_python():
    assert lower_template(("\ud800",)) is None
    assert lower_template((slot("a", fallback="\ud800"),)) is None
    assert lower_template((slot("\ud800"),)) is None


@pytest.mark.parametrize(
    "lowered",
    ["text", (1,), (("a",),), ((False, (), None, False),), ((False, ("a",), 1, False),), ((0, ("a",), None, 0),)],
)
def test_what_was_not_lowered_is_refused(native, lowered):
    with pytest.raises(native.Declined):
        native.Template(lowered)
