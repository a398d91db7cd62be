"""Counts that several rules spell out."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.PERFORMANCE, each=Checked)
def repeated_count(checked: Checked, world: World, report: Report) -> None:
    """
    Three or more conditions count the same events over the same time.

    A segment gives the count a name, and one place to change it.

    Avoid:
        rule one
          when Product Viewed where count of Order Completed in last 90 days >= 3, max 1/day

        rule two
          when Product Added where count of Order Completed in last 90 days >= 3, max 1/day

        rule three
          when Product Removed where count of Order Completed in last 90 days >= 3, max 1/day

    Prefer:
        segment regulars: count of Order Completed in last 90 days >= 3

        rule one
          when Product Viewed where user in regulars, max 1/day

        rule two
          when Product Added where user in regulars, max 1/day
    """
    seen: dict[nodes.Comparison, int] = {}
    for part in world.once(written_parts).get(nodes.Comparison, ()):
        if type(part.node.left) in (nodes.Count, nodes.Aggregate) and part.rule is not None:
            seen[part.node] = seen.get(part.node, 0) + 1
            if seen[part.node] == 3:
                message = "this is the third condition that counts the same"
                report(part.source, part.node.span, message, "declare a `segment` and write `user in` it")
