"""Weights that add up to less than everybody."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.EXPERIMENTS, each=model.Rule)
def variants_leave_some_out(rule: model.Rule, world: World, report: Report) -> None:
    """
    The weights of the variants add up to less than 100%, so that some users get nothing.

    Who takes part in an experiment is said with `experiment coverage 50%`, which can grow without moving anybody.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 40% send "A product you saved is on sale"
          variant price 40% send "{price} for a product you saved"

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 50% send "A product you saved is on sale"
          variant price 50% send "{price} for a product you saved"
    """
    if rule.experiment is not None:
        total = sum(variant.weight for variant in rule.experiment.variants)
        if total < 1 - 1e-9:
            message = f"the variants add up to {total * 100:.6g}%"
            hint = "let them add up to 100%, and say with `experiment coverage` how many take part"
            report(rule.source, rule.experiment.variants[-1].span, message, hint)
