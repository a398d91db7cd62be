"""Rules without a cap."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.FREQUENCY, fixable=False)
def uncapped_rule(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule without a cap can reach one person any number of times.

    An event that repeats, or a bug in what sends it, then reaches people as often as it happens. A house limit helps,
    but shares its slots among all rules.

    Avoid:
        when Product Sale where user saved product

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    if not rule.caps:
        report(rule.source, rule.span, f"rule `{rule.name}` has no cap", "say how often at most, such as `max 1/day`")
