"""Experiments with one arm."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax import nodes


@lint(Severity.WARNING, Group.EXPERIMENTS, each=nodes.Variant, fixable=True)
def lone_variant(part: Part[nodes.Variant], world: World, report: Report) -> None:
    """
    A rule has one variant only, so that there is nothing to compare it with.

    A control group is made with `holdout`, a single text with `send`.

    Avoid:
        when Product Sale where user saved product, max 1/day, variant plain 100% send "A product you saved is on sale"

    Prefer:
        when Product Sale where user saved product, max 1/day, send "A product you saved is on sale"
    """
    rule, node = part.rule, part.node
    if rule is None or rule.experiment is None or len(rule.experiment.variants) > 1:
        return
    plain = node.weight.value == 1 and rule.experiment.coverage == 1 and rule.experiment.key in (rule.name, *rule.was)
    edits = (Edit(Span(node.span.start, node.message.span.start), ""),) if plain else ()
    message = f"`{node.name.value}` is the only variant"
    report(part.source, node.span, message, "add another variant, or write `send` alone", edits)
