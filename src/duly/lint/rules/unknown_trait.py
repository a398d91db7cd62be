"""Traits that the tracking plan does not list."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    listed,
    mentions,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked
from duly.vocabulary.words import nearest


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def unknown_trait(_checked: Checked, world: World, report: Report) -> None:
    """
    A trait that the tracking plan does not list may be missing from every user.

    What compares a missing trait is unknown, and the rule does not send.

    Avoid:
        use "tracking-plan.json"
        when Order Completed where user.premum is true, max 1/day

    Prefer:
        use "tracking-plan.json"
        when Order Completed where user.premium is true, max 1/day
    """
    plan = world.checked.tracking_plan
    if plan is None or not plan.traits.listed:
        return
    for mention in mentions(world):
        if mention.value.scope == "user" and not listed(plan.traits, mention.value.path):
            guess = nearest(mention.name, [".".join(path) for path in plan.traits.properties])
            hint = f"did you mean `user.{guess}`?" if guess else "add it to the traits of the tracking plan"
            report(mention.source, mention.value.span, f"the tracking plan lists no trait `{mention.name}`", hint)
