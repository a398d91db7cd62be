"""Tests that cannot fail."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.lines import EXPECTATIONS
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TESTS, each=nodes.Test)
def test_without_expectation(part: Part[nodes.Test], world: World, report: Report) -> None:
    """
    A test expects nothing, and so passes whatever the rules do.

    It runs the rules and looks at nothing they decide.

    Avoid:
        when Product Viewed, max 1/day

        test "a view is told of"
          2026-05-01 10:00  ada: Product Viewed

    Prefer:
        when Product Viewed, max 1/day

        test "a view is told of"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify example
    """
    if not any(isinstance(line, EXPECTATIONS) for line in part.node.lines):
        report(part.source, part.node.title.span, "this test expects nothing", "add `expect` lines")
