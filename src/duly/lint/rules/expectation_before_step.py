"""Expectations of what has not begun."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.lines import EXPECTATIONS
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TESTS, each=nodes.Test)
def expectation_before_step(part: Part[nodes.Test], world: World, report: Report) -> None:
    """
    A test expects something before anything has happened in it.

    The clock of a test starts with its first step.

    Avoid:
        when Product Viewed, max 1/day

        test "a view is told of"
          expect ada: notify example
          2026-05-01 10:00  ada: Product Viewed

    Prefer:
        when Product Viewed, max 1/day

        test "a view is told of"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify example
    """
    first = next((line for line in part.node.lines if not isinstance(line, nodes.TestUser)), None)
    if isinstance(first, EXPECTATIONS):
        report(part.source, first.span, "nothing has happened yet", "put a step before it")
