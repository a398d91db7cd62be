"""Caps that a house limit never lets fill."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.frequency import limits_on, most
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.FREQUENCY, each=nodes.Max, fixable=True)
def cap_looser_than_limit(part: Part[nodes.Max], world: World, report: Report) -> None:
    """
    A cap allows more than a house limit that binds the rule, so that it is never reached.

    The most restrictive wins. The rule promises more than it keeps.

    Avoid:
        limit total 3/day
        when Product Sale where user saved product, max 5/day

    Prefer:
        limit total 3/day
        when Product Sale where user saved product, max 3/day
    """
    rule, node = part.rule, part.node
    if not world.rule_set.limits or rule is None:
        return
    cap = next((cap for cap in rule.caps if cap.span == node.span), None)
    for limit in limits_on(world, rule) if cap else ():
        if cap and most(limit.limit, limit.window, cap.window) < cap.limit:
            same = limit.window == cap.window
            edits = (Edit(node.rate.limit.span, str(limit.limit)),) if same else ()
            possible = most(limit.limit, limit.window, cap.window)
            message = f"the limit `{limit.name}` lets no more than {possible} of these {cap.limit} go out"
            report(part.source, node.rate.span, message, "lower the cap", edits)
            return
