"""Properties that belong to something else."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    elsewhere,
    events,
    unlisted,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.ERROR, Group.NAMES, each=Checked)
def misplaced_property(_checked: Checked, world: World, report: Report) -> None:
    """
    A property is read from the event, but only users or other events have it.

    It is missing from every event that starts the rule, so that what compares it is never true.

    Avoid:
        use "tracking-plan.json"
        when Product Sale where user saved product and premium is true, max 1/day

    Prefer:
        use "tracking-plan.json"
        when Product Sale where user saved product and user.premium is true, max 1/day
    """
    for mention in unlisted(world):
        where = elsewhere(world, mention)
        if where:
            trait = where[0] == ""
            owner = "a trait of users" if trait else f"a property of `{where[0]}`"
            hint = f"write `user.{mention.name}`" if trait else "read a property of the event that starts the rule"
            report(mention.source, mention.value.span, f"`{mention.name}` is {owner}, not of {events(mention)}", hint)
