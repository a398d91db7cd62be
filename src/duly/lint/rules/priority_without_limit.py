"""Priorities where nothing is scarce."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without
from duly.lint.parts import Part, all_is_known
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.FREQUENCY, each=nodes.Priority, fixable=True)
def priority_without_limit(part: Part[nodes.Priority], world: World, report: Report) -> None:
    """
    A rule has a priority, but no limit and no gap makes rules compete.

    Everything that is due is granted, in whatever order.

    Avoid:
        when Product Sale where user saved product, max 1/day, priority 5

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    if not world.rule_set.limits and not world.rule_set.gaps and all_is_known(world.checked):
        edit = without(part.source, part.node.span)
        message = "no limit and no gap lets rules compete, so that priority decides nothing"
        report(part.source, part.node.span, message, "add a `limit`, or take the priority out", (edit,))
