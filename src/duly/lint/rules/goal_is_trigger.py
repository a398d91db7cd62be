"""Goals that have been reached at the start."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    events_of,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.EXPERIMENTS, each=model.Rule)
def goal_is_trigger(rule: model.Rule, world: World, report: Report) -> None:
    """
    The goal of a rule is the event that starts it.

    A notification counts as a success when the same happens again, with or without it.

    Avoid:
        when Product Viewed, max 1/day, goal Product Viewed within 1 day

    Prefer:
        when Product Viewed, max 1/day, goal Product Added within 1 day
    """
    if rule.goal is not None:
        both = set(rule.goal.names).intersection(events_of(rule.trigger))
        if both:
            report(rule.source, rule.goal.span, f"`{min(both)}` also starts this rule", "name what the user shall do")
