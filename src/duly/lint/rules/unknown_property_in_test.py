"""Events of a test with properties that the plan does not list."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.plan import (
    event_type,
    listed,
)
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes
from duly.vocabulary.words import nearest


@lint(Severity.WARNING, Group.TESTS, each=nodes.Test)
def unknown_property_in_test(part: Part[nodes.Test], world: World, report: Report) -> None:
    """
    An event of a test has a property that the tracking plan does not list.

    A misspelt property is missing for the rule, and the test proves something else than it says.

    Avoid:
        use "tracking-plan.json"
        when Order Completed where total >= 20, max 1/day

        test "small orders are not told of"
          2026-05-01 10:00  ada: Order Completed order_id "1", totl 10
          expect ada: suppress example because no-match

    Prefer:
        use "tracking-plan.json"
        when Order Completed where total >= 20, max 1/day

        test "small orders are not told of"
          2026-05-01 10:00  ada: Order Completed order_id "1", total 10
          expect ada: suppress example because no-match
    """
    if world.checked.tracking_plan is None:
        return
    for line in part.node.lines:
        action = line.action if isinstance(line, nodes.Step) else None
        if not isinstance(action, nodes.Track):
            continue
        known = event_type(world, action.event.value)
        for setting in action.settings:
            if known.listed and not listed(known, setting.path.parts):
                name = ".".join(setting.path.parts)
                guess = nearest(name, [".".join(path) for path in known.properties])
                hint = f"did you mean `{guess}`?" if guess else "add it to the tracking plan"
                message = f"the tracking plan lists no property `{name}` of `{action.event.value}`"
                report(part.source, setting.path.span, message, hint)
