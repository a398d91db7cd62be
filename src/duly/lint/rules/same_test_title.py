"""Tests that cannot be told apart."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.TESTS, each=Checked)
def same_test_title(checked: Checked, world: World, report: Report) -> None:
    """
    Two tests have the same title, so that a failure does not say which of them it is.

    The name of a failing test is all that many reports show.

    Avoid:
        when Product Viewed, max 1/day

        test "a view"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify example

        test "a view"
          2026-05-01 10:00  ben: Product Viewed
          expect ben: notify example

    Prefer:
        when Product Viewed, max 1/day

        test "a view of Ada's"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify example

        test "a view of Ben's"
          2026-05-01 10:00  ben: Product Viewed
          expect ben: notify example
    """
    seen: set[tuple[str, str]] = set()
    for test in checked.tests:
        title = (test.source.name, test.node.title.value)
        if title in seen:
            report(
                test.source,
                test.node.title.span,
                "another test of this file has this title",
                "say what is special about it",
            )
        seen.add(title)
