"""Tracking plans of other events."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked, without_errors
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked)
def unused_tracking_plan(checked: Checked, world: World, report: Report) -> None:
    """
    A rule set uses a tracking plan and no event of it.

    It may be that of another product.

    Avoid:
        use "tracking-plan.json"
        quiet 22:00 to 08:00 local

    Prefer:
        use "tracking-plan.json"
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, max 1/day
    """
    plan = checked.tracking_plan
    uses = world.once(written_parts).get(nodes.Use, ())
    named = world.once(written_parts).get(nodes.EventName, ())
    if (
        plan is not None
        and uses
        and without_errors(checked.diagnostics)
        and not any(part.node.value in plan.events for part in named)
    ):
        message = f"no rule speaks of an event of `{uses[0].node.file.value}`"
        report(uses[0].source, uses[0].node.span, message, "take it out, or use the plan of these events")
