"""Tests that an empty rule set passes."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.lines import EXPECTATIONS
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TESTS, each=nodes.Test)
def test_expects_only_nothing(part: Part[nodes.Test], world: World, report: Report) -> None:
    """
    A test expects only that nothing happens, and would pass without any rule.

    A misspelt property makes it pass as well. Expect a verdict of the same rule somewhere in it.

    Avoid:
        when Product Viewed where price >= 20, max 1/day

        test "cheap products are not told of"
          2026-05-01 10:00  ada: Product Viewed price 10
          expect ada: nothing

    Prefer:
        when Product Viewed where price >= 20, max 1/day

        test "cheap products are not told of"
          2026-05-01 10:00  ada: Product Viewed price 10
          expect ada: suppress example because no-match
    """
    expected = [line for line in part.node.lines if isinstance(line, EXPECTATIONS)]
    if expected and all(isinstance(line, nodes.ExpectNothing) for line in expected):
        report(part.source, part.node.title.span, "this test passes without any rule", "expect a verdict as well")
