"""Experiments in which nobody takes part."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.EXPERIMENTS, each=nodes.Experiment)
def experiment_for_nobody(part: Part[nodes.Experiment], world: World, report: Report) -> None:
    """
    The coverage of an experiment is nothing, so that nobody gets any of its variants.

    The rule is switched off by that, and does not say so.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          experiment coverage 0%
          variant plain 50% send "A product you saved is on sale"
          variant price 50% send "{price} for a product you saved"

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          experiment coverage 10%
          variant plain 50% send "A product you saved is on sale"
          variant price 50% send "{price} for a product you saved"
    """
    if part.node.coverage is not None and part.node.coverage.value < 0.0001:
        report(part.source, part.node.coverage.span, "nobody takes part in this experiment", "give it 1% or more")
