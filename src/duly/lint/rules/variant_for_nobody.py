"""Variants with a weight that nobody falls into."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.EXPERIMENTS, each=nodes.Variant)
def variant_for_nobody(part: Part[nodes.Variant], world: World, report: Report) -> None:
    """
    The weight of a variant is below what the assignment can tell apart, one in ten thousand.

    Nobody, or hardly anybody, ever gets it.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 99.995% send "A product you saved is on sale"
          variant price 0.005% send "{price} for a product you saved"

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          variant plain 90% send "A product you saved is on sale"
          variant price 10% send "{price} for a product you saved"
    """
    if part.node.weight.value < 0.0001:
        report(
            part.source, part.node.weight.span, "no user falls into this variant", "give it 1% or more, or take it out"
        )
