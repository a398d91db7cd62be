"""Rules that one event can start together for one user, and how their conditions lie to each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from duly.lint.logic.reason import Example, Reason
from duly.lint.logic.search import Goal
from duly.lint.logic.stated import reasoning, stated
from duly.lint.logic.wants import Want
from duly.lint.rule import World
from duly.meaning import model

MOST_RIVALS = 64
"""Of rules that share all else, more than so many are not compared."""
MOST_PAIRS = 2_048
"""How many pairs of a rule set are compared."""


class Kind(Enum):
    """What the one condition is to the other."""

    EQUIVALENT = "equivalent"
    IMPLIED = "implied"
    OVERLAPPING = "overlapping"


@dataclass(frozen=True, slots=True)
class Rivals:
    """
    Two rules with a common trigger, of one channel and category, that send at the same time.

    `one` fires only if `other` does, unless they just overlap. Rules between which a priority, a limit or a gap decides
    are only compared for being equivalent.
    """

    one: model.Rule
    other: model.Rule
    kind: Kind
    example: Example


def rivals(world: World) -> list[Rivals]:
    """All such pairs, each with an example of an event that starts both. To be asked for once."""
    reason = world.once(reasoning)
    found = []
    for number, (one, other) in enumerate(_pairs(world)):
        if number >= MOST_PAIRS:
            break
        pair = _compared(reason, one, other, settled(one, other, world.rule_set))
        if pair is not None:
            found.append(pair)
    return found


def _pairs(world: World) -> Iterator[tuple[model.Rule, model.Rule]]:
    hopeless = {each.name for each in world.once(stated) if each.never and each.rule is not None}
    groups: dict[object, list[model.Rule]] = {}
    for rule in world.rule_set.rules.values():
        if rule.name not in hopeless:
            for trigger in _triggers(rule.trigger):
                groups.setdefault((trigger, rule.channel, rule.category, rule.timing), []).append(rule)
    seen = set()
    for group in groups.values():
        if len(group) > MOST_RIVALS:
            continue
        for one, other in combinations(group, 2):
            if (one.name, other.name) not in seen:
                seen.add((one.name, other.name))
                yield one, other


def _triggers(trigger: model.Trigger) -> tuple[object, ...]:
    return trigger.names if isinstance(trigger, model.EventTrigger) else (trigger,)


def _compared(reason: Reason, one: model.Rule, other: model.Rule, settled: bool) -> Rivals | None:
    """How two rules lie to each other; of those between which something decides only whether they are equivalent."""
    first = _heard(one) <= _heard(other) and _implies(reason, one, other)
    if settled and not first:
        return None
    second = _heard(other) <= _heard(one) and _implies(reason, other, one)
    if settled and not second:
        return None
    if second and not first:
        one, other = other, one
    kind = Kind.EQUIVALENT if first and second else Kind.IMPLIED if first or second else Kind.OVERLAPPING
    example = reason.example(*_goal(one, Want.TRUE), *_goal(other, Want.TRUE))
    return Rivals(one, other, kind, example) if isinstance(example, Example) else None


def _heard(rule: model.Rule) -> frozenset[object]:
    return frozenset(_triggers(rule.trigger))


def _goal(rule: model.Rule, want: Want) -> tuple[Goal, ...]:
    return () if rule.where is None else ((rule.where, want),)


def _implies(reason: Reason, one: model.Rule, other: model.Rule) -> bool:
    return other.where is None or reason.impossible(*_goal(one, Want.TRUE), (other.where, Want.NOT_TRUE))


def settled(one: model.Rule, other: model.Rule, rule_set: model.RuleSet) -> bool:
    """Whether something decides between two rules that could send at the same time: priority, a limit or a gap."""
    if one.priority != other.priority:
        return True
    if any(_waives(rule, rule_set) for rule in (one, other)):
        return False
    shared: tuple[model.Limit | model.Gap, ...] = (*rule_set.limits, *rule_set.gaps)
    return any(all(_binds(each, rule) for rule in (one, other)) for each in shared)


def _waives(rule: model.Rule, rule_set: model.RuleSet) -> bool:
    category = rule_set.categories.get(rule.category)
    return category is not None and category.transactional


def _binds(house: model.Limit | model.Gap, rule: model.Rule) -> bool:
    return house.category in (None, rule.category) and house.channel in (None, rule.channel)
