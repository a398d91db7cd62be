"""Rule sets whose names nobody checks."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    trigger_span,
)
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.HYGIENE, each=Checked)
def no_tracking_plan(checked: Checked, world: World, report: Report) -> None:
    """
    A rule set of three or more rules uses no tracking plan.

    Without one a misspelt event or property is only found when nobody gets a notification.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day

        rule viewed
          when Product Viewed, max 1/day

        rule added
          when Product Added, max 1/day

    Prefer:
        use "tracking-plan.json"

        rule sale
          when Product Sale where user saved product, max 1/day

        rule added
          when Product Added, max 1/day

        rule ordered
          when Order Completed, max 1/day
    """
    rules = list(checked.rule_set.rules.values())
    if len(rules) >= 3 and nodes.Use not in world.once(written_parts):
        message = "nothing checks the names of events and properties"
        hint = 'add `use "tracking-plan.json"`; `duly schema infer` makes one from recorded events'
        report(rules[0].source, trigger_span(rules[0]), message, hint)
