"""The generated code and the explaining interpreter say the same of everything, and take no text for code."""

import dis
import math
from types import CodeType

from hypothesis import given, settings
from hypothesis import strategies as st

from duly.conditions.compile import compile_condition
from duly.conditions.explain import explain
from duly.conditions.reads import reads
from duly.conditions.words import words
from duly.meaning.model import (
    DAY,
    HOUR,
    Aggregate,
    And,
    Arithmetic,
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
    TextTest,
    TimeSince,
    Type,
    Within,
)
from tests.conditions.world import NOON, Memory, Offset, World

NAMES = st.sampled_from(["a", "b", 'quote"', "new\nline", "'", "\\", "{a}", "__class__"])
WORDS = st.sampled_from(["saved", "vip", "deals"])
EVENTS = st.sampled_from([("A",), ("B",), ("A", "B")])
NUMBERS = st.sampled_from([0, 1, -1, 2.5, 1.0, 10, 1e308, -1e308, 10**308])
TEXTS = st.sampled_from(["", "a", "b", "ab", "25", "2024-05-01", "2024-05-01T12:00:00Z", "2024-05-01T12:00", "1"])
CONSTANTS = st.one_of(
    st.builds(Constant, NUMBERS, st.just(Type.NUMBER)),
    st.builds(Constant, TEXTS, st.just(Type.TEXT)),
    st.builds(Constant, st.booleans(), st.just(Type.BOOLEAN)),
    st.builds(Constant, st.sampled_from([HOUR, DAY, 30 * DAY]), st.just(Type.DURATION)),
    st.builds(Constant, st.integers(739000, 739010), st.just(Type.DATE)),
    st.builds(Constant, st.integers(0, 6), st.just(Type.WEEKDAY)),
    st.builds(Constant, st.just(18 * HOUR), st.just(Type.TIME)),
)
PROPERTIES = st.builds(
    Property,
    st.sampled_from(["event", "user", "product"]),
    st.lists(NAMES, min_size=1, max_size=2).map(tuple),
    st.sampled_from([Type.ANY, Type.ANY, Type.NUMBER, Type.TEXT, Type.DATE, Type.INSTANT]),
)
MOMENTS = st.builds(Moment, st.sampled_from(["now", "today", "day of week"]))
WINDOWS = st.sampled_from([None, HOUR, DAY, 7 * DAY])


def filters(conditions):
    return st.builds(EventFilter, EVENTS, st.none() | conditions)


def values(conditions):
    counted = filters(conditions)
    functions = st.sampled_from(["count", "sum", "min", "max", "average", "first", "last"])
    simple = st.one_of(CONSTANTS, PROPERTIES, PROPERTIES, MOMENTS)
    aggregates = st.builds(Aggregate, functions, counted, WINDOWS, st.lists(NAMES, min_size=1, max_size=2).map(tuple))
    leaves = st.one_of(simple, simple, aggregates, st.builds(TimeSince, counted))
    return st.recursive(
        leaves, lambda inner: st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner), max_leaves=3
    )


def leaf_conditions(inner):
    value = values(inner)
    return st.one_of(
        st.builds(Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), value, value),
        st.builds(OneOf, value, st.lists(CONSTANTS, min_size=1, max_size=3).map(tuple)),
        st.builds(Within, value, value, value),
        st.builds(TextTest, st.sampled_from(["contains", "starts with", "ends with"]), value, value),
        st.builds(Matches, value, st.sampled_from(["a", "^a+$", "^$", "2.*5"])),
        st.builds(Missing, PROPERTIES),
        st.builds(Related, WORDS),
        st.builds(InSegment, WORDS),
        st.builds(OptedIn, WORDS),
        st.builds(Did, filters(inner), WINDOWS),
        st.builds(DidNot, filters(inner), WINDOWS),
    )


SIMPLE = st.one_of(
    st.builds(Comparison, st.sampled_from(["=", "<", ">="]), PROPERTIES, CONSTANTS), st.builds(Missing, PROPERTIES)
)
CONDITIONS = st.recursive(
    leaf_conditions(SIMPLE),
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
SCALARS = st.one_of(
    NUMBERS, TEXTS, st.booleans(), st.none(), st.sampled_from([math.nan, math.inf, -math.inf, 10**400, "\ud800"])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=4)
PAST = st.lists(st.tuples(st.integers(NOON - 8 * DAY, NOON + HOUR), OBJECTS), max_size=4)
WORLDS = st.builds(
    World,
    OBJECTS,
    OBJECTS,
    st.dictionaries(WORDS, st.booleans()),
    st.dictionaries(WORDS, st.sampled_from(["subscribed", "unsubscribed", "did-not-subscribe"])),
    st.builds(
        Memory,
        st.fixed_dictionaries({"A": PAST, "B": PAST}),
        st.sampled_from([0, NOON - DAY, NOON - HOUR]),
        st.sampled_from([False, False, True]),
    ),
    st.just(NOON),
    st.builds(Offset, st.integers(-12, 14)),
    st.dictionaries(WORDS, st.sampled_from([True, False, None])),
)


@settings(max_examples=400, deadline=None)
@given(CONDITIONS, WORLDS)
def test_compiled_and_explained_truth_agree(condition, world):
    explained = explain(condition, world)
    assert compile_condition(condition).test(world) is explained.truth
    assert "\n" not in words(condition)
    assert explained.summary
    assert bool(explained.codes) is (explained.truth is None)
    unknown(explained)
    reads(condition)


def unknown(explained):
    """Every unknown leaf has a cause."""
    if explained.truth is None and not explained.children:
        assert explained.cause and explained.code
    for child in explained.children:
        unknown(child)


class Watched(dict):
    """An object that notes which of its names are read."""

    def __init__(self, content):
        super().__init__(content)
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)


@settings(max_examples=150, deadline=None)
@given(CONDITIONS, WORLDS)
def test_nothing_is_read_that_was_not_announced(condition, world):
    world.event, world.traits = Watched(world.event), Watched(world.traits)
    compile_condition(condition).test(world)
    announced = reads(condition)
    assert world.event.asked <= {path[0] for path in announced.properties}
    assert world.traits.asked <= {path[0] for path in announced.traits}


def constants(code):
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from constants(constant)
        else:
            yield constant


@settings(max_examples=200, deadline=None)
@given(CONDITIONS)
def test_no_text_of_a_rule_becomes_code(condition):
    code = compile_condition(condition).test.__code__
    assert not [constant for constant in constants(code) if isinstance(constant, str)]
    known = {"facts", "event", "traits", "related", "consent", "history", "segment", "zone", "wall", "now", "get"}
    known |= {"type", "int", "float", "str", "bool", "dict", "startswith", "endswith"}
    assert set(code.co_names) <= known
    assert not {"IMPORT_NAME", "STORE_GLOBAL", "STORE_ATTR"} & {step.opname for step in dis.get_instructions(code)}


def test_hostile_names_are_only_names():
    name = '"]); __import__("os").abort() #\n\x00'
    world = World(event={name: 1}, related={name: True})
    condition = And((Related(name), Comparison("=", Property("event", (name,)), Constant(1, Type.NUMBER))))
    assert compile_condition(condition).test(world) is True
    assert explain(condition, world).truth is True
