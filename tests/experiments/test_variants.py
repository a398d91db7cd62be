"""A user gets the variant that GrowthBook would give, with its message, and keeps it."""

import pytest

from duly.engine.api import Mode
from duly.engine.decision import Gate, Status, Verdict
from duly.engine.words import sentence
from duly.experiments.allocation import NOBODY, arms
from tests.experiments.world import DAY, World, plan_of

RULE = """
rule sale
  when Price Drop
  {clauses}
  variant plain 50% send "{{name}} is on sale"
  variant price 50% send title "{{name}}" body "{{discount}} off" link "shop://sale"
"""
USERS = [f"user-{number}" for number in range(40)]
NAMES = ("plain", "price")


def rules(*clauses):
    return RULE.format(clauses="\n  ".join(clauses))


def drop(world, user, mode=Mode.COMMIT):
    return world.decide(user=user, mode=mode, name="Boots", discount=5)


def test_the_variant_is_growthbooks_for_the_plain_user_id_and_the_name_of_the_rule():
    world, allocation = World(rules()), arms("sale", [0.5, 0.5], 1)
    assert [drop(world, user).variant for user in USERS] == [NAMES[allocation.arm(user)] for user in USERS]


def test_an_anonymous_user_is_dealt_out_by_the_plain_anonymous_id():
    world, allocation = World(rules()), arms("sale", [0.5, 0.5], 1)
    users = [f"anon-{number}" for number in range(20)]
    assert [drop(world, user).variant for user in users] == [NAMES[allocation.arm(user)] for user in users]


def test_another_key_or_an_earlier_name_seeds_it_instead():
    keyed, renamed = World(rules('experiment "k"')), World(rules("was old_sale"))
    by_key, by_name = arms("k", [0.5, 0.5], 1), arms("old_sale", [0.5, 0.5], 1)
    assert [drop(keyed, user).variant for user in USERS] == [NAMES[by_key.arm(user)] for user in USERS]
    assert [drop(renamed, user).variant for user in USERS] == [NAMES[by_name.arm(user)] for user in USERS]


def test_the_message_is_that_of_the_variant():
    world = World(rules())
    said = {d.variant: (d.title, d.body, d.link) for d in (drop(world, user) for user in USERS)}
    assert said == {"plain": ("", "Boots is on sale", ""), "price": ("Boots", "5 off", "shop://sale")}


def test_a_property_missing_from_the_variants_own_message_suppresses():
    world = World(rules())
    found = [world.decide(user=user, name="Boots") for user in USERS]
    assert {(d.variant, d.reason) for d in found} == {("plain", "due"), ("price", "missing-content")}


def test_a_peek_says_the_same_variant_and_later_it_is_still_the_same():
    world = World(rules("at 18:00 local"))
    for user in USERS[:10]:
        seen = drop(world, user, Mode.PEEK)
        waiting = drop(world, user)
        assert waiting.verdict == Verdict.DEFER
        assert seen.variant == waiting.variant
    world.pass_time(DAY // 4)
    granted = {decision.identity[2:]: decision.variant for decision in world.take_due()}
    assert granted == {user: drop(world, user, Mode.PEEK).variant for user in USERS[:10]}


def test_a_user_outside_the_coverage_is_told_so_at_the_holdout_gate():
    world, allocation = World(rules("experiment coverage 40%")), arms("sale", [0.5, 0.5], 0.4)
    outside = [user for user in USERS if allocation.arm(user) == NOBODY]
    assert 0 < len(outside) < len(USERS)
    for user in USERS:
        decision = drop(world, user)
        assert decision.reason == ("not-in-experiment" if user in outside else "due")
        if user in outside:
            assert decision.statuses[Gate.HOLDOUT] == Status.FAIL
            assert (
                sentence(decision)
                == "the experiment does not cover the user: experiment `sale` covers 40% of the users"
            )


def test_more_coverage_moves_nobody_between_variants():
    world = World(rules("experiment coverage 30%"))
    before = {user: drop(world, user).variant for user in USERS}
    world.engine.publish(plan_of(rules("experiment coverage 80%")))
    after = {user: drop(world, user).variant for user in USERS}
    assert all(before[user] in ("", after[user]) for user in USERS)
    assert sum(map(bool, after.values())) > sum(map(bool, before.values()))


@pytest.mark.parametrize("clause", ["max 1/day", "max 1 per 7 days"])
def test_variants_share_the_caps_of_their_rule(clause):
    world = World(rules(clause))
    assert [drop(world, "ada").reason for _ in range(2)] == ["due", "capped"]


# --- identities -------------------------------------------------------------------------------------------------------


def someone_else_than(variant):
    return next(u for u in (f"known-{n}" for n in range(99)) if NAMES[arms("sale", [0.5, 0.5], 1).arm(u)] != variant)


def test_who_had_a_variant_before_signing_in_keeps_it():
    world = World(rules())
    first = drop(world, "anon-1").variant
    user = someone_else_than(first)
    world.identify(user, "anon-1")
    assert drop(world, user).variant == first
    world.engine.publish(plan_of(rules("experiment coverage 99%")))
    assert drop(world, user).variant in (first, "")


def test_who_had_a_variant_of_their_own_first_keeps_that():
    world = World(rules())
    user = someone_else_than(drop(world, "anon-1", Mode.PEEK).variant)
    own = drop(world, user).variant
    world.pass_time(1)
    drop(world, "anon-1")
    world.identify(user, "anon-1")
    assert drop(world, user).variant == own


def test_who_had_none_before_signing_in_gets_that_of_the_user_id():
    world = World(rules())
    user = someone_else_than(drop(world, "anon-1", Mode.PEEK).variant)
    world.identify(user, "anon-1")
    assert drop(world, user).variant == NAMES[arms("sale", [0.5, 0.5], 1).arm(user)]
