"""Control groups that measure nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.ADVICE, Group.EXPERIMENTS, each=model.Rule)
def holdout_without_goal(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule keeps a control group of its own and has no goal to compare it by.

    Some people get nothing, and nobody learns from it.

    Avoid:
        when Product Sale where user saved product, max 1/day, holdout 5%

    Prefer:
        when Product Sale where user saved product, max 1/day, holdout 5%, goal Product Added within 2 days
    """
    if rule.holdout is not None and rule.goal is None:
        report(rule.source, rule.holdout.span, "nothing is measured in this control group", "add a `goal`")
