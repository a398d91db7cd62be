"""Properties that the tracking plan has retired."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    event_type,
    mentions,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def deprecated_property(_checked: Checked, world: World, report: Report) -> None:
    """
    A property or trait that the tracking plan calls deprecated will be missing one day.

    What compares it is unknown from then on, and the rule goes silent.

    Avoid:
        use "tracking-plan.json"
        when Product Sale where user saved product and old_price > 100, max 1/day

    Prefer:
        use "tracking-plan.json"
        when Product Sale where user saved product and price > 100, max 1/day
    """
    plan = world.checked.tracking_plan
    described = (plan.traits, *plan.events.values()) if plan else ()
    if plan is None or not any(known.deprecated for each in described for known in each.properties.values()):
        return
    for mention in mentions(world):
        sources = [plan.traits] if mention.value.scope == "user" else [event_type(world, e) for e in mention.events]
        known = [found for source in sources if (found := source.properties.get(mention.value.path))]
        if any(each.deprecated for each in known):
            message = f"the tracking plan calls `{mention.name}` deprecated"
            report(mention.source, mention.value.span, message, "use the property that replaces it")
