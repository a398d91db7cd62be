"""Variants that say the same."""

from __future__ import annotations

from itertools import combinations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.EXPERIMENTS, each=model.Rule)
def identical_variants(rule: model.Rule, world: World, report: Report) -> None:
    """
    Two variants of a rule send the same text with the same link.

    Whatever the experiment finds is chance.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 50% send "A product you saved is on sale"
          variant price 50% send "A product you saved is on sale"

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 50% send "A product you saved is on sale"
          variant price 50% send "{price} for a product you saved"
    """
    for one, other in combinations(rule.experiment.variants, 2) if rule.experiment else ():
        if one.message == other.message:
            report(rule.source, other.span, f"`{other.name}` says the same as `{one.name}`", "change one of the two")
