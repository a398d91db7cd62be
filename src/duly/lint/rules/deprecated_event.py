"""Events that the tracking plan has retired."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.plan import (
    event_type,
)
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def deprecated_event(checked: Checked, world: World, report: Report) -> None:
    """
    An event that the tracking plan calls deprecated will stop coming one day.

    Nothing fails then: the rule is just never started again, or counts less and less.

    Avoid:
        use "tracking-plan.json"
        when Order Completed where user did Product Discounted in last 7 days, max 1/day

    Prefer:
        use "tracking-plan.json"
        when Order Completed where user did Product Added in last 7 days, max 1/day
    """
    part: Part[nodes.EventName]
    for part in world.once(written_parts).get(nodes.EventName, ()) if checked.tracking_plan else ():
        if event_type(world, part.node.value).deprecated:
            message = f"the tracking plan calls `{part.node.value}` deprecated"
            report(part.source, part.node.span, message, "use the event that replaces it")
