"""Many rules and nothing that counts them together."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import transactional
from duly.lint.hours import (
    trigger_span,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.ADVICE, Group.FREQUENCY, each=Checked)
def no_house_limit(checked: Checked, world: World, report: Report) -> None:
    """
    Five or more rules send to the same people, and no limit counts them together.

    Every rule keeps its own cap, and the user gets the sum.

    Avoid:
        rule one
          when Product Sale where user saved product, max 1/day

        rule two
          when Product Viewed, max 1/day

        rule three
          when Product Added, max 1/day

        rule four
          when Order Completed, max 1/day

        rule five
          when Order Cancelled, max 1/day

    Prefer:
        limit total 3/day

        rule one
          when Product Sale where user saved product, max 1/day
    """
    counted = [rule for rule in checked.rule_set.rules.values() if not transactional(world, rule)]
    if len(counted) >= 5 and not checked.rule_set.limits:
        message = f"{len(counted)} rules send to the same people, and no limit counts them together"
        report(counted[0].source, trigger_span(counted[0]), message, "add a limit such as `limit total 3/day`")
