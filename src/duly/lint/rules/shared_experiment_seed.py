"""Experiments that divide people alike."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.EXPERIMENTS, each=Checked)
def shared_experiment_seed(checked: Checked, world: World, report: Report) -> None:
    """
    Two experiments or two control groups have the same seed, and so divide people in the same way.

    Who gets the first variant of one gets the first of the other, and the effects cannot be told apart.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          holdout 10% seed "2026"

        rule restock
          when Product Viewed, max 1/day
          holdout 10% seed "2026"

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          holdout 10% seed "sale-2026"

        rule restock
          when Product Viewed, max 1/day
          holdout 10% seed "restock-2026"
    """
    seen: dict[tuple[str, str], str] = {}
    house = checked.rule_set.holdout
    if house is not None:
        seen["holdout", house.seed] = "the house"
    for rule in checked.rule_set.rules.values():
        seeds = [("holdout", rule.holdout.seed, rule.holdout.span)] if rule.holdout else []
        if rule.experiment is not None:
            seeds.append(("experiment", rule.experiment.key, rule.experiment.variants[0].span))
        for kind, seed, span in seeds:
            first = seen.setdefault((kind, seed), f"`{rule.name}`")
            if first != f"`{rule.name}`":
                message = f"the {kind} of {first} has the seed `{seed}` too"
                report(rule.source, span, message, "give each its own seed")
