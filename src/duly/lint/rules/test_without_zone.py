"""Tests whose clock is that of no place."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TESTS, each=nodes.Test)
def test_without_zone(part: Part[nodes.Test], world: World, report: Report) -> None:
    """
    A test of rules with local times does not say in which zone its own clock is.

    It is UTC then, and the times of the test are not those that its users see.

    Avoid:
        when Product Viewed, at 18:00 local, max 1/day

        test "a view is told of"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: defer example until 2026-05-01 18:00

    Prefer:
        when Product Viewed, at 18:00 local, max 1/day

        test "a view is told of" in "Europe/London"
          user ada timezone "Europe/London"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: defer example until 2026-05-01 18:00
    """
    if part.node.zone is None:
        found = world.once(written_parts)
        times = (part for kind in (nodes.At, nodes.AtBestTime, nodes.Between) for part in found.get(kind, ()))
        if any(each.node.zone.value is None for each in times):
            report(part.source, part.node.title.span, "the clock of this test is UTC", 'add `in "Europe/London"`')
