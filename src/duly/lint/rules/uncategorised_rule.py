"""Rules that people cannot refuse by name."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    trigger_span,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.ADVICE, Group.AUDIENCE, each=model.Rule)
def uncategorised_rule(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule is in no category, although the rule set declares some.

    People can then refuse it only together with everything else.

    Avoid:
        category deals "Deals and price drops": opt out
        when Product Sale where user saved product, max 1/day

    Prefer:
        category deals "Deals and price drops": opt out
        when Product Sale where user saved product, in category deals, max 1/day
    """
    if rule.category == "default" and len(world.rule_set.categories) > 1:
        report(rule.source, trigger_span(rule), f"`{rule.name}` is in no category", "add `in category …`")
