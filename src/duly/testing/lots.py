"""
Who is in which variant and control group of a test.

Holdouts are off and everybody has the first variant, unless the test says otherwise. Where it does, users get ids that
the hash deals out as the test asks, so that the engine under test is the one that runs in production.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain

from duly.experiments.allocation import NOBODY, control_group
from duly.meaning import model
from duly.planning.experiment import experiment_of
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

    Raises `Impossible` when there is no such control group or variant, or no id for a combination of them.
    """
    plans = _Plans(rule_set)
    _demand_groups(rule_set, lots)
    return {name: _id(plans, lots, name) for name in names}


def _demand_groups(rule_set: model.RuleSet, lots: Lots) -> None:
    """Raise `Impossible` if the test asks for a control group or variant that no rule has."""
    for name in lots.held_out:
        holdout = rule_set.holdout if name == HOUSE else rule_set.rules[name].holdout
        if holdout is None:
            raise Impossible(f"rule {name} has no holdout" if name else "these rules have no holdout of the house")
    for name, users in lots.variants.items():
        experiment = rule_set.rules[name].experiment
        known = {variant.name for variant in experiment.variants} if experiment is not None else set()
        for variant in users.values():
            if variant not in known:
                raise Impossible(f"rule {name} has no variant {variant}")


class _Plans:
    """The experiments with several variants, by rule, and the control groups, by rule or `HOUSE`, of a rule set."""

    def __init__(self, rule_set: model.RuleSet) -> None:
        rules = rule_set.rules.values()
        experiments = [(rule.name, experiment_of(rule)) for rule in rules]
        self.experiments = {name: plan for name, plan in experiments if plan is not None and len(plan.variants) > 1}
        written = {rule.name: rule.holdout for rule in rules} | {HOUSE: rule_set.holdout}
        self.holdouts = {
            name: control_group(holdout.seed, holdout.share) for name, holdout in written.items() if holdout is not None
        }

    def suits(self, lots: Lots, name: str, id: str) -> bool:
        """Whether this id is dealt out as the user of this name should be."""
        for rule, experiment in self.experiments.items():
            wanted = lots.variants.get(rule, {}).get(name, experiment.variants[0].name)
            variant = experiment.variant(id)
            if variant is None or variant.name != wanted:
                return False
        return all(
            (group.arm(id) != NOBODY) == (name in lots.held_out.get(rule, ())) for rule, group in self.holdouts.items()
        )


def _id(plans: _Plans, lots: Lots, name: str) -> str:
    candidates = chain([name], (f"{name}-{number}" for number in range(1, _TRIES)))
    found = next((id for id in candidates if plans.suits(lots, name, id)), None)
    if found is None:
        raise Impossible(f"no user id could be found that puts {name} into these variants and control groups")
    return found
