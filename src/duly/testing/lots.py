"""
Who is in which variant and control group of a test.

Holdouts are off and everybody has the first variant, unless the test says otherwise. Where it does, users get ids that
the hash deals out as the test asks, so that the engine under test is the one that runs in production.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from duly.meaning import model
from duly.planning.experiment import ExperimentPlan, HoldoutPlan, experiment_of, holdouts_of
from duly.syntax import nodes

HOUSE = ""
_TRIES = 200_000
_HALF = 0.5


class Impossible(Exception):
    """No id is dealt out as a test asks; the message says for whom."""


@dataclass(slots=True)
class Lots:
    """What a test asks for: variants by rule for each user, and the rules (`HOUSE`: all) users are held out of."""

    variants: dict[str, dict[str, str]] = field(default_factory=dict)
    held_out: dict[str, set[str]] = field(default_factory=dict)


def lots_of(users: list[nodes.TestUser]) -> Lots:
    """What the `user` lines of a test ask for."""
    lots = Lots()
    for user in users:
        for option in user.options:
            if isinstance(option, nodes.InVariant):
                lots.variants.setdefault(option.rule.value, {})[user.name.value] = option.variant.value
            elif isinstance(option, nodes.HeldOut):
                rule = HOUSE if option.rule is None else option.rule.value
                lots.held_out.setdefault(rule, set()).add(user.name.value)
    return lots


def arranged(rule_set: model.RuleSet, lots: Lots) -> model.RuleSet:
    """The rule set with only those experiments and control groups in which the test takes an interest."""
    rules = {
        name: replace(rule, experiment=_experiment(rule, lots), holdout=_holdout(rule.holdout, name, lots))
        for name, rule in rule_set.rules.items()
    }
    return replace(rule_set, rules=rules, holdout=_holdout(rule_set.holdout, HOUSE, lots))


def _experiment(rule: model.Rule, lots: Lots) -> model.Experiment | None:
    written = rule.experiment
    if written is None:
        return None
    kept = written.variants if rule.name in lots.variants else written.variants[:1]
    even = tuple(replace(variant, weight=1 / len(kept)) for variant in kept)
    return replace(written, variants=even, coverage=1.0)


def _holdout(written: model.Holdout | None, name: str, lots: Lots) -> model.Holdout | None:
    return replace(written, share=_HALF) if written is not None and name in lots.held_out else None


def ids(rule_set: model.RuleSet, lots: Lots, names: list[str]) -> dict[str, str]:
    """
    A user id for each name of a test, in an arranged rule set; the name itself wherever that will do.

    Raises `Impossible` when a combination of variants and control groups cannot be found.
    """
    plans = _Plans(rule_set)
    return {name: _id(plans, lots, name) for name in names}


class _Plans:
    """The experiments and control groups of an arranged rule set."""

    def __init__(self, rule_set: model.RuleSet) -> None:
        default = model.Category("default")
        self.experiments: Mapping[str, tuple[ExperimentPlan, str]] = {
            rule.name: (plan, plan.variants[0].name)
            for rule in rule_set.rules.values()
            if (plan := experiment_of(rule)) is not None and len(plan.variants) > 1
        }
        bare = replace(rule_set, holdout=None)
        self.holdouts: dict[str, HoldoutPlan] = {
            rule.name: plan for rule in rule_set.rules.values() for plan in holdouts_of(rule, default, bare)
        }
        for rule in list(rule_set.rules.values())[:1]:
            for plan in holdouts_of(replace(rule, holdout=None), default, rule_set):
                self.holdouts[HOUSE] = plan


def _id(plans: _Plans, lots: Lots, name: str) -> str:
    for number in count():
        candidate = name if number == 0 else f"{name}-{number}"
        if _suits(plans, lots, name, candidate):
            return candidate
        if number == _TRIES:
            raise Impossible(f"no id could be found that puts {name} into these variants and control groups")
    raise AssertionError("unreachable")


def _suits(plans: _Plans, lots: Lots, name: str, candidate: str) -> bool:
    for rule, (experiment, first) in plans.experiments.items():
        variant = experiment.variant(candidate)
        if variant is None or variant.name != lots.variants.get(rule, {}).get(name, first):
            return False
    return all(plan.holds(candidate) == (name in lots.held_out.get(rule, ())) for rule, plan in plans.holdouts.items())
