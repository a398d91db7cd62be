"""Experiments that measure nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.EXPERIMENTS, each=model.Rule)
def experiment_without_goal(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule has variants and no goal, so that nothing tells which of them is better.

    Goals are counted for the control group as well.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 50% send "A product you saved is on sale"
          variant price 50% send "{price} for a product you saved"

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 50% send "A product you saved is on sale"
          variant price 50% send "{price} for a product you saved"
          goal Product Added with the same product_id within 2 days
    """
    if rule.experiment is not None and rule.goal is None:
        span = rule.experiment.variants[0].span
        report(rule.source, span, "nothing tells which variant is better", "add a `goal`")
