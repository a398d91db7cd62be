"""The index finds exactly the rules that testing all of them finds, and plans are made quickly."""

import random

import pytest

from duly.engine.facts import UserFacts
from duly.meaning import model as m
from duly.planning.compile import compile_plan
from duly.planning.index import EventIndex, demanded
from duly.timing.zone import zone
from tests.engine.world import NOON, equals, plan_of, rule

VALUES = (1, 1.0, 2, "1", "2", True, False, "true", 0, 0.5, "", "é", 2**60)


def one_of(name, *values):
    kinds = {bool: m.Type.BOOLEAN, str: m.Type.TEXT}
    items = tuple(m.Constant(value, kinds.get(type(value), m.Type.NUMBER)) for value in values)
    return m.OneOf(m.Property("event", (name,)), items)


def found(plan, **properties):
    return sorted(rule.name for rule in plan.listening("E", properties))


def test_constants_are_found_by_value_and_type():
    plan = plan_of(
        rule("number", where=equals("x", 1)), rule("text", where=equals("x", "1")),
        rule("truth", where=equals("x", True)), rule("any", where=one_of("x", 1, "1", True)), rule("always"),
    )  # fmt: skip
    assert found(plan, x=1) == found(plan, x=1.0) == ["always", "any", "number"]
    assert found(plan, x="1") == ["always", "any", "text"]
    assert found(plan, x=True) == ["always", "any", "truth"]
    for odd in (None, [1], {"x": 1}, 0, False, "", float("nan"), 10**400):
        assert found(plan, x=odd) == ["always"]
    assert found(plan) == ["always"]
    assert list(plan.listening("Other", {"x": 1})) == []


def test_an_item_listed_twice_is_found_once():
    assert found(plan_of(rule("twice", where=one_of("x", 1, 1.0, 1))), x=1) == ["twice"]


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        (equals("x", 1), ("x",)),
        (equals("x", 1, "product"), ("x",)),
        (equals("x", 1, "user"), None),
        (m.And((m.Related("saved"), equals("x", 1))), ("x",)),
        (m.Or((equals("x", 1), equals("y", 1))), None),
        (m.Not(equals("x", 1)), None),
        (m.Comparison("!=", m.Property("event", ("x",)), m.Constant(1, m.Type.NUMBER)), None),
        (m.Comparison("=", m.Constant(1, m.Type.NUMBER), m.Property("event", ("x",))), ("x",)),
        (m.Comparison("=", m.Property("event", ("x",)), m.Property("event", ("y",))), None),
        (m.Comparison("=", m.Property("event", ("x",)), m.Constant(700_000, m.Type.DATE)), None),
        (None, None),
    ],
)
def test_only_what_a_condition_demands_is_indexed(condition, path):
    demand = demanded(condition)
    assert (None if demand is None else demand[0]) == path


def test_nested_properties_are_indexed():
    index = EventIndex()
    index.add("deep", (("a", "b"), (1,)))
    assert index.candidates({"a": {"b": 1}}) == ["deep"]
    for odd in ({"a": 1}, {"a": [{"b": 1}]}, {"a": {"b": None}}, {}):
        assert index.candidates(odd) == []
    assert index.everything() == ["deep"]


def random_condition(chance, depth=2):
    kind = chance.randrange(7 if depth else 3)
    if kind < 2:
        return equals(chance.choice("xyz"), chance.choice(VALUES))
    if kind == 2:
        return one_of(chance.choice("xyz"), *chance.sample(VALUES, 3))
    terms = tuple(random_condition(chance, depth - 1) for _ in range(2))
    return {3: m.And(terms), 4: m.And(terms), 5: m.Or(terms), 6: m.Not(terms[0])}[kind]


def test_the_index_finds_what_testing_every_rule_finds():
    chance = random.Random(7)
    plan = plan_of(*(rule(f"r{number}", where=random_condition(chance)) for number in range(400)))
    for _ in range(400):
        event = {name: chance.choice(VALUES) for name in "xyz" if chance.random() < 0.8}
        facts = UserFacts(plan, event, {}, {}, {}, None, NOON, zone("UTC"))
        true = {r.name for r in plan.rules.values() if r.test(facts) is True}
        candidates = [r.name for r in plan.listening("E", event)]
        assert true <= set(candidates)
        assert len(candidates) == len(set(candidates))


def test_a_hundred_thousand_rules_are_looked_up_by_their_key():
    chance, index, filed = random.Random(3), EventIndex(), {}
    for number in range(100_000):
        name, value = chance.choice("xyz"), chance.randrange(50_000)
        index.add(number, ((name,), (value,)))
        filed.setdefault((name, value), []).append(number)
    for _ in range(2_000):
        event = {name: chance.randrange(50_000) for name in "xyz"}
        wanted = [number for item in event.items() for number in filed.get(item, ())]
        assert sorted(index.candidates(event)) == sorted(wanted)


def test_ten_thousand_rules_become_a_plan():
    rules = [
        rule(
            f"r{n}",
            f"E{n % 500}",
            where=m.And((equals("sku", n), equals("on", True))),
            caps=(m.Cap(1, m.Calendar("day")),),
        )
        for n in range(10_000)
    ]
    plan = compile_plan(m.RuleSet({r.name: r for r in rules}))
    assert [r.name for r in plan.listening("E7", {"sku": 7})] == ["r7"]


def test_the_version_of_a_plan_changes_with_its_meaning_only():
    versions = [plan_of(rule(where=equals("x", value))).version for value in (1, 1, 2)]
    assert versions[0] == versions[1] != versions[2]
