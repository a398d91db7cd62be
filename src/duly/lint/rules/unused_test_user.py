"""Users of a test who do nothing and get nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TESTS, each=nodes.Test, fixable=True)
def unused_test_user(part: Part[nodes.Test], world: World, report: Report) -> None:
    """
    A test introduces a user who does nothing and of whom nothing is expected.

    What was to be shown with them is missing, or they are left over.

    Avoid:
        when Product Viewed, max 1/day

        test "a view is told of"
          user ada timezone "Europe/London"
          user ben timezone "Europe/London"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify example

    Prefer:
        when Product Viewed, max 1/day

        test "a view is told of"
          user ada timezone "Europe/London"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify example
    """
    lines = part.node.lines
    used = {line.user.value for line in lines if not isinstance(line, nodes.TestUser) and line.user is not None}
    used |= {
        line.action.user.value
        for line in lines
        if isinstance(line, nodes.Step) and isinstance(line.action, nodes.Becomes)
    }
    for line in lines:
        if isinstance(line, nodes.TestUser) and line.name.value not in used:
            edit = without_statement(part.source, line.span)
            message = f"`{line.name.value}` does nothing here"
            report(part.source, line.span, message, "expect something of them, or take them out", (edit,))
