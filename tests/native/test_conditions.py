"""The core's conditions are true, false and unknown of whatever those of Python are."""

from __future__ import annotations

import pytest

from duly.conditions.compile import compile_condition, compile_value
from duly.conditions.context import MISSING
from duly.meaning import model as m
from duly.meaning.rule_set import read_rules
from duly.native.conditions import ALWAYS, UNKNOWN, lower_condition
from duly.planning.compile import compile_plan
from duly.source import Source
from tests.conditions.world import World, count, duration, number, prop, text, truth
from tests.native.terms import RELATIONS, SIGNS, Maker

CASES = 600
WORLDS = 8


def bits(related, relations=RELATIONS):
    return sum(1 << place for place, relation in enumerate(relations) if related.get(relation))


def told(condition, world, relations=RELATIONS):
    """The core's verdict, or `declined`."""
    try:
        return condition.test(world.event, world.traits, bits(world.related, relations))
    except ValueError:
        return "declined"


def test_random_conditions_agree(native):
    declined = tested = 0
    seen = set()
    for seed in range(CASES):
        maker = Maker(seed)
        condition = maker.condition()
        lowered = lower_condition(condition, RELATIONS)
        assert lowered is not None, (seed, condition)
        core, test = native.Condition(lowered), compile_condition(condition).test
        for _ in range(WORLDS):
            world = World(maker.properties(), maker.properties(), maker.related_to())
            found = told(core, world)
            tested += 1
            declined += found == "declined"
            if found != "declined":
                assert found is test(world), (seed, condition, world)
                seen.add(found)
    assert seen == {True, False, None}
    assert declined < 0.02 * tested


# What a sentence can be made of: of numbers, of texts, of truth values.
PATHS = ("a", "b", "event.c", "user.plan", "product.a", "a.b", "user.a.b", 'event."quo\\"te"')
LITERALS = ("1", "2.5", "25%", "-3", "9007199254740993", '"a"', '"ab"', '"Äpfel"', '""', "true", "false")


def sentence(random, depth=0):
    """A condition as people write it."""
    if depth < 3 and random.random() < 0.4:
        word = random.choice((" and ", " or "))
        inner = word.join(sentence(random, depth + 1) for _ in range(random.randint(2, 3)))
        return f"not ({inner})" if random.random() < 0.3 else f"({inner})"
    items = random.choice((LITERALS[:5], LITERALS[5:9], LITERALS[9:]))
    some = ", ".join(random.sample(items, random.randint(1, len(items))))
    path, other = random.choice(PATHS), random.choice(PATHS)
    return random.choice(
        (
            f"{path} {random.choice(SIGNS)} {random.choice(LITERALS[:9])}",
            f"{path} {random.choice(('is', 'is not'))} {random.choice(LITERALS)}",
            f"{path} {random.choice(SIGNS)} {other}",
            f"{path} {random.choice('+-*/')} {random.choice(LITERALS[:4])} {random.choice(SIGNS)} {other}",
            f"{path} {random.choice(('in', 'not in'))} ({some})",
            f"{path} between {random.choice(('-3', '0', '25%'))} and {random.choice(('1', '2.5', '10'))}",
            f"{path} {random.choice(('contains', 'starts with', 'ends with'))} {random.choice(LITERALS[5:9])}",
            f"{path} is {random.choice(('', 'not '))}missing",
            "user saved product",
        )
    )


def plan_of(condition):
    """The plan of a rule with this condition, None where the checker says it makes no sense."""
    written = f"rule r\n  when Product Sale\n  where user saved product and {condition}\n"
    checked = read_rules([Source("rules.duly", written)])
    errors = [found for found in checked.diagnostics if found.severity.name == "ERROR"]
    return None if errors else compile_plan(checked.rule_set)


def test_written_conditions_agree(native):
    rules = tested = declined = 0
    seen = set()
    for seed in range(150):
        maker = Maker(seed)
        written = sentence(maker.random)
        plan = plan_of(written)
        if plan is None:
            continue
        rule = plan.rules["r"]
        lowered = lower_condition(rule.rule.where, rule.relations)
        assert lowered is not None, (seed, written)
        rules += 1
        core = native.Condition(lowered)
        for _ in range(6):
            world = World(maker.properties(), maker.properties(), {"saved": maker.random.random() < 0.8})
            found = told(core, world, rule.relations)
            seen.add(found)
            tested += 1
            declined += found == "declined"
            if found != "declined":
                assert found is rule.test(world), (seed, written, world)
    assert rules > 100
    assert seen >= {True, False, None}
    assert declined < 0.02 * tested


EDGES = [2**53, 2**53 + 1, float(2**53), 2.0**53 + 2, 2**63 - 1, 2.0**63, -(2**63), -(2.0**63), 0, -0.0, 1, 1.0, True,
         False, "1", "", None, [], {}, [1], 0.1, 1e308, float("nan"), float("inf"), -float("inf")]  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
def test_every_pair_of_values_compares_as_in_python(native, sign):
    condition = m.Comparison(sign, prop("a"), prop("b"))
    core, test = native.Condition(lower_condition(condition, ())), compile_condition(condition).test
    for left in EDGES:
        for right in EDGES:
            world = World({"a": left, "b": right})
            assert told(core, world) is test(world), (left, right)


@pytest.mark.parametrize("operator", "+-*/")
def test_every_pair_of_values_reckons_as_in_python_or_not_at_all(native, operator):
    declined = 0
    for left in EDGES:
        for right in EDGES:
            condition = m.Comparison("=", m.Arithmetic(operator, prop("a"), prop("b")), prop("c"))
            core, test = native.Condition(lower_condition(condition, ())), compile_condition(condition).test
            world = World({"a": left, "b": right})
            # What comes out is shown by its being equal to what Python reckons.
            result = compile_value(condition.left)(world)
            world.event["c"] = 0 if result is MISSING else result
            found = told(core, world)
            declined += found == "declined"
            if found != "declined":
                assert found is test(world), (left, right)
    assert declined < 0.15 * len(EDGES) ** 2


def test_of_many_items_the_right_ones_are_found(native):
    maker = Maker(0)
    items = tuple(maker.constant() for _ in range(300))
    condition = m.OneOf(prop("a"), items)
    core, test = native.Condition(lower_condition(condition, ())), compile_condition(condition).test
    for _ in range(300):
        world = World({"a": maker.scalar()})
        assert told(core, world) is test(world), world.event


def test_no_condition_is_always_true(native):
    assert lower_condition(None, ()) == ALWAYS
    assert native.Condition(ALWAYS).test({}, {}, 0) is True


def test_what_never_goes_together_is_unknown(native):
    sum_of = m.Arithmetic("+", prop("a"), number(1))
    for condition in (
        m.Comparison("=", duration(5), sum_of),
        m.Within(sum_of, duration(5), number(3)),
        m.TextTest("contains", m.Moment("now"), text("a")),
    ):
        lowered = lower_condition(condition, ())
        assert lowered in (UNKNOWN, ("and", UNKNOWN, ("compare", "<=", *lowered[-1][2:])))
        assert native.Condition(lowered).test({"a": 1}, {}, 0) is None
        assert compile_condition(condition).test(World({"a": 1})) is None


@pytest.mark.parametrize(
    "condition",
    [
        m.Comparison("<", prop("a", m.Type.INSTANT), m.Moment("now")),
        m.Comparison("=", m.Moment("day of week"), m.Constant(2, m.Type.WEEKDAY)),
        m.Comparison(">", count("A"), number(3)),
        m.Comparison("=", prop("a"), number(2**63)),
        m.Comparison("=", prop("a"), number(float("inf"))),
        m.Comparison("=", prop("a"), text("\ud800")),
        m.Comparison("=", prop("\ud800"), text("a")),
        m.OneOf(prop("a"), (duration(3),)),
        m.Matches(prop("a"), "b"),
        m.InSegment("vip"),
        m.OptedIn("deals"),
        m.Did(m.EventFilter(("A",)), None),
        m.Related("unheard of"),
    ],
)
def test_what_the_core_does_not_know_is_left_to_python(condition):
    for whole in (condition, m.Not(condition), m.And((m.Missing(prop("a")), condition))):
        assert lower_condition(whole, RELATIONS) is None


def test_what_is_nested_too_deeply_is_left_to_python(native):
    condition = m.Comparison("=", prop("a"), truth(True))
    for _ in range(45):
        condition = m.Not(condition)
    assert native.Condition(lower_condition(condition, ())).test({"a": True}, {}, 0) is False
    for _ in range(100):
        condition = m.Not(condition)
    assert lower_condition(condition, ()) is None


@pytest.mark.parametrize(
    "lowered",
    [(), None, "and", ("and",), ("always", 1), ("hm",), ("not",), ("compare", "=", ("constant", 1)),
     ("compare", "~", ("constant", 1), ("constant", 1)), ("missing", ("constant", 1)), ("related", 64), ("related", -1),
     ("one of",), ("one of", ("event", ("a",)), ()), ("contains", ("event", ()), ("constant", 1)), ("event", ("a",)),
     ("missing", ("event", (1,))), ("compare", "=", ("constant", None), ("constant", 1)),
     ("compare", "=", ("constant", 2**64), ("constant", 1))],
)  # fmt: skip
def test_what_was_not_lowered_is_refused(native, lowered):
    with pytest.raises(native.Declined):
        native.Condition(lowered)
