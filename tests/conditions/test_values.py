"""What single comparisons say of the values that JSON brings."""

import math
from datetime import date

import pytest

from duly.conditions.compile import compile_condition, compile_value
from duly.conditions.context import MISSING
from duly.conditions.explain import explain
from duly.meaning.model import (
    DAY,
    HOUR,
    Arithmetic,
    Comparison,
    Constant,
    InSegment,
    Matches,
    Missing,
    Moment,
    OneOf,
    OptedIn,
    TextTest,
    Type,
    Within,
)
from tests.conditions.world import NOON, Offset, World, duration, number, prop, text, truth


def told(condition, **facts):
    world = World(**facts)
    compiled = compile_condition(condition).test(world)
    explained = explain(condition, world)
    assert explained.truth is compiled, (explained, compiled)
    assert (explained.cause is not None) is (compiled is None)
    return compiled


@pytest.mark.parametrize(
    "value", ["25", None, math.nan, math.inf, -math.inf, True, [], {}, [25], 10**400, -(10**400)], ids=repr
)
@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_nothing_but_a_finite_number_compares_with_a_number(value, operator):
    assert told(Comparison(operator, prop("x"), number(20)), event={"x": value}) is None
    assert told(Comparison(operator, number(20), prop("x")), event={"x": value}) is None
    assert told(Comparison(operator, prop("x"), prop("y")), event={"x": value, "y": 3}) is None


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        (25, ">=", 20, True),
        (1, "=", 1.0, True),
        (19.9, ">=", 20, False),
        ("a", "<", "b", True),
        ("a", "!=", "a", False),
        (True, "=", True, True),
        (True, "!=", False, True),
        (True, "<", False, None),
        (True, "=", 1, None),
        ("a", "=", 1, None),
        ([1], "=", [1], None),
        (2**53 + 1, "=", float(2**53), False),
    ],
)
def test_like_compares_with_like(left, operator, right, expected):
    assert told(Comparison(operator, prop("x"), prop("user.y")), event={"x": left}, traits={"y": right}) is expected
    if not isinstance(right, list):
        kind = Type.TEXT if isinstance(right, str) else Type.BOOLEAN if isinstance(right, bool) else Type.NUMBER
        assert told(Comparison(operator, prop("x"), Constant(right, kind)), event={"x": left}) is expected


def test_dotted_paths_go_through_objects_and_nothing_else():
    deep = Comparison("=", prop("a.b.c"), number(1))
    assert told(deep, event={"a": {"b": {"c": 1}}}) is True
    for event in ({}, {"a": 1}, {"a": [{"c": 1}]}, {"a": {"b": "c"}}, {"a": None}, {"a.b.c": 1}):
        assert told(deep, event=event) is None
        assert told(Missing(prop("a.b.c")), event=event) is True
    assert told(Missing(prop("a")), event={"a": False}) is False


@pytest.mark.parametrize(
    ("operator", "right", "expected"), [("+", 1, 7), ("-", 1, 5), ("*", 0.5, 3), ("/", 4, 1.5), ("/", 0, MISSING)]
)
def test_arithmetic(operator, right, expected):
    value = Arithmetic(operator, prop("x"), number(right))
    assert compile_value(value)(World(event={"x": 6})) == expected
    for wrong in ("6", None, True, math.nan):
        assert compile_value(value)(World(event={"x": wrong})) is MISSING


def test_arithmetic_that_outgrows_numbers_is_unknown():
    product = Arithmetic("*", prop("x"), prop("x"))
    for huge in (1e300, 10**300):
        assert told(Comparison(">", product, number(0)), event={"x": huge}) is None
    zero = Comparison("=", Arithmetic("/", number(1), Arithmetic("-", prop("x"), prop("x"))), number(1))
    assert told(zero, event={"x": 2}) is None
    assert explain(zero, World(event={"x": 2})).cause == "x - x is 0, and 1 / (x - x) divides by it"


@pytest.mark.parametrize(
    ("value", "expected"), [(1, True), (1.0, True), (3, False), ("one", True), ("1", False), (True, None), ([1], None)]
)
def test_in_a_list(value, expected):
    assert told(OneOf(prop("x"), (number(1), number(2), text("one"))), event={"x": value}) is expected
    only = None if isinstance(value, str) else expected
    assert told(OneOf(prop("x"), (number(1), number(2))), event={"x": value}) is only


def test_between_includes_both_ends_and_one_end_may_decide():
    within = Within(prop("x"), number(1), prop("high"))
    assert told(within, event={"x": 1, "high": 1}) is True
    assert told(within, event={"x": 2, "high": 1}) is False
    assert told(within, event={"x": 0}) is False
    assert told(within, event={"x": 2}) is None


@pytest.mark.parametrize(
    ("value", "part", "expected"),
    [
        ("red shoes", "shoes", True),
        ("red", "shoes", False),
        (["red", "shoes"], "shoes", True),
        (["red shoes"], "shoes", False),
        ([1, 2], 1.0, True),
        ([1], True, False),
        ([True], True, True),
        ([math.nan], math.nan, None),
        ([[1]], [1], None),
        ("25", 2, None),
        (25, "2", None),
        (None, "2", None),
        ({"a": 1}, "a", None),
    ],
)
def test_contains(value, part, expected):
    assert told(TextTest("contains", prop("x"), prop("part")), event={"x": value, "part": part}) is expected


def test_beginnings_ends_and_patterns_are_of_texts():
    assert told(TextTest("starts with", prop("x"), text("a")), event={"x": "abc"}) is True
    assert told(TextTest("ends with", prop("x"), text("a")), event={"x": "abc"}) is False
    assert told(TextTest("starts with", prop("x"), text("a")), event={"x": ["a"]}) is None
    assert told(Matches(prop("x"), "b+"), event={"x": "abbc"}) is True
    assert told(Matches(prop("x"), "^b"), event={"x": "abbc"}) is False
    assert told(Matches(prop("x"), "b"), event={"x": 1}) is None
    assert told(Matches(prop("x"), "b"), event={"x": "\ud800b"}) is None
    assert told(Matches(prop("x"), "(a+)+$"), event={"x": "a" * 50_000 + "b"}) is False


def test_a_pattern_that_is_not_re2_is_refused():
    with pytest.raises(ValueError, match="not a regular expression"):
        compile_condition(Matches(prop("x"), "(?=a)"))


CHRISTMAS = Constant(date(2026, 12, 24).toordinal(), Type.DATE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-12-24", True),
        ("2026-12-25", False),
        ("2026-12-24T18:00:00", True),
        ("2026-12-24T22:30:00Z", True),
        ("2026-12-24T23:30:00.5Z", False),
        ("2026-12-25T00:30:00+02:00", True),
        ("2026-13-01", None),
        ("20261224", None),
        ("2026-W52-4", None),
        ("Christmas", None),
        (1_798_070_400, None),
        ("0001-01-01T00:00:00+23:00", None),
    ],
)
def test_dates_arrive_as_iso_text_and_are_the_users(value, expected):
    assert told(Comparison("=", prop("x"), CHRISTMAS), event={"x": value}, zone=Offset(1)) is expected
    assert told(OneOf(prop("x"), (CHRISTMAS,)), event={"x": value}, zone=Offset(1)) is expected


def test_instants_need_an_offset():
    ends = Comparison("<", Arithmetic("-", prop("ends"), Moment("now")), duration(3 * HOUR))
    assert told(ends, event={"ends": "2024-05-01T14:59:59Z"}) is True
    assert told(ends, event={"ends": "2024-05-01T17:00:00+02:00"}) is False
    assert told(ends, event={"ends": "2024-05-01T14:00:00"}) is None
    assert told(ends, event={"ends": "2024-05-01"}) is None
    assert compile_value(prop("ends"), Type.INSTANT)(World(event={"ends": "2024-05-01T12:00:00Z"})) == NOON


def test_durations_move_dates_and_instants():
    trial = Arithmetic("+", prop("user.start"), duration(30 * DAY))
    over = Comparison("<", trial, Moment("today"))
    assert told(over, traits={"start": "2024-03-31"}) is True
    assert told(over, traits={"start": "2024-04-01"}) is False
    assert (
        told(Comparison("<", Arithmetic("-", trial, duration(HOUR)), Moment("today")), traits={"start": "2024-01-01"})
        is None
    )
    assert told(Comparison("<", trial, Moment("now")), traits={"start": "2024-04-01T11:00:00Z"}) is True
    age = Comparison(">=", Arithmetic("-", Moment("today"), prop("user.start")), duration(30 * DAY))
    assert told(age, traits={"start": "2024-04-01"}) is True
    assert told(age, traits={"start": "2024-04-02"}) is False


def test_days_are_those_of_the_users_clock():
    wednesday = Comparison("=", Moment("day of week"), Constant(2, Type.WEEKDAY))
    assert told(wednesday) is True
    assert told(wednesday, zone=Offset(13)) is False
    assert (
        told(OneOf(Moment("day of week"), (Constant(3, Type.WEEKDAY), Constant(4, Type.WEEKDAY))), zone=Offset(13))
        is True
    )
    assert told(Comparison("=", Moment("today"), Constant(date(2024, 5, 1).toordinal(), Type.DATE))) is True


def test_kinds_of_time_do_not_mix():
    assert told(Comparison("=", duration(HOUR), number(HOUR))) is None
    assert told(Comparison("<", Moment("day of week"), Moment("now"))) is None
    assert told(Comparison("=", prop("x"), duration(HOUR)), event={"x": HOUR}) is None
    assert told(Comparison("=", Arithmetic("+", number(1), duration(HOUR)), number(1))) is None


def test_relations_consent_and_segments():
    assert told(OptedIn("deals"), consent={"deals": "subscribed"}) is True
    assert told(OptedIn("deals"), consent={"deals": "did-not-subscribe"}) is False
    assert told(OptedIn("deals")) is False
    assert told(InSegment("vip"), segments={"vip": True}) is True
    assert told(InSegment("vip"), segments={"vip": None}) is None


def test_truth_values_are_compared_as_such():
    premium = Comparison("=", prop("user.premium"), truth(True))
    assert told(premium, traits={"premium": True}) is True
    assert told(premium, traits={"premium": False}) is False
    assert told(premium, traits={"premium": "true"}) is None
    assert told(premium, traits={"premium": 1}) is None


def test_a_value_that_is_missing_says_so():
    assert compile_value(prop("x"))(World()) is MISSING
    assert compile_value(prop("x"))(World(event={"x": None})) is MISSING
    assert compile_value(prop("x"))(World(event={"x": 0})) == 0
    assert compile_value(prop("product.sku"))(World(event={"sku": "a"})) == "a"
