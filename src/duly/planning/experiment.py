"""The experiment, the control groups and the goal of a rule, in the form the engine takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from duly.conditions.compile import compile_condition
from duly.conditions.context import Facts
from duly.experiments.allocation import NOBODY, Allocation, arms, control_group
from duly.meaning import model


@dataclass(frozen=True, slots=True)
class ExperimentPlan:
    """The arms of a rule; `key` is what seeds them. `coverage` is the fraction of all users who are in one of them."""

    key: str
    coverage: float
    variants: tuple[model.Variant, ...]
    allocation: Allocation

    def variant(self, user_id: str) -> model.Variant | None:
        """The user's variant, None for a user who takes no part."""
        arm = self.allocation.arm(user_id)
        return None if arm == NOBODY else self.variants[arm]


@dataclass(frozen=True, slots=True)
class HoldoutPlan:
    """A control group: `share` of the users, a fraction, by a hash with `seed`."""

    seed: str
    share: float
    allocation: Allocation

    def holds(self, user_id: str) -> bool:
        """Whether the user is in it."""
        return self.allocation.arm(user_id) != NOBODY


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """
    What counts as success within `within` (microseconds) of a send.

    An event called one of `names`, with the trigger's value under `key` (None: whatever it is), for which `test` (over
    that event) is true, if there is one.
    """

    names: tuple[str, ...]
    within: int
    key: tuple[str, ...] | None
    test: Callable[[Facts], bool | None] | None


def experiment_of(rule: model.Rule) -> ExperimentPlan | None:
    """The arms of a rule."""
    written = rule.experiment
    if written is None:
        return None
    weights = [variant.weight for variant in written.variants]
    allocation = arms(written.key, weights, written.coverage)
    coverage = sum(end - start for start, end in allocation.ranges)
    return ExperimentPlan(written.key, coverage, written.variants, allocation)


def holdouts_of(rule: model.Rule, category: model.Category, rule_set: model.RuleSet) -> tuple[HoldoutPlan, ...]:
    """The house's control group, then the rule's own; a transactional category waives both."""
    if category.transactional:
        return ()
    written = (rule_set.holdout, rule.holdout)
    return tuple(HoldoutPlan(h.seed, h.share, control_group(h.seed, h.share)) for h in written if h is not None)


def goal_of(rule: model.Rule) -> GoalPlan | None:
    """What counts as success of a rule."""
    goal = rule.goal
    if goal is None:
        return None
    test = None if goal.where is None else compile_condition(goal.where).test
    return GoalPlan(goal.names, goal.within, goal.key, test)
