"""Keys that only one of two events has."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    event_type,
    events_of,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.ERROR, Group.NAMES, each=model.Rule)
def unshared_key(rule: model.Rule, world: World, report: Report) -> None:
    """
    Two events are matched by a property that the tracking plan lists for only one of them.

    `with the same` finds nothing then: the wait is never ended, the goal never reached.

    Avoid:
        use "tracking-plan.json"
        when Product Added, then no Order Completed with the same cart_id within 2 hours, max 1/day

    Prefer:
        use "tracking-plan.json"
        when Product Added, then no Product Sale with the same product_id within 2 hours, max 1/day
    """
    if world.checked.tracking_plan is None:
        return
    own = events_of(rule.trigger)
    trigger = rule.trigger
    pairs = [(each.names, each.key, each.span) for each in (*rule.unless, *((rule.goal,) if rule.goal else ()))]
    if isinstance(trigger, model.SequenceTrigger):
        pairs.append(((*trigger.first, *trigger.second), trigger.key, trigger.span))
    for names, key, span in pairs:
        for event in dict.fromkeys((*names, *own)) if key else ():
            known = event_type(world, event)
            if known.listed and key not in known.properties:
                message = f"`{event}` has no property `{'.'.join(key or ())}`"
                report(rule.source, span, message, "match by a property that both events have")
