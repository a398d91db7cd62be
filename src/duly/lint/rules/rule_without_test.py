"""Rules that no test expects anything of."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    trigger_span,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TESTS, each=Checked)
def rule_without_test(checked: Checked, world: World, report: Report) -> None:
    """
    A rule is named by no expectation, although the rule set has tests.

    What it does is then found out by those who get it.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day

        rule viewed
          when Product Viewed, max 1/day

        test "a view is told of"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify viewed

    Prefer:
        rule viewed
          when Product Viewed, max 1/day

        test "a view is told of"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify viewed
    """
    tested = {
        line.rule.value
        for test in checked.tests
        for line in test.node.lines
        if isinstance(line, nodes.ExpectNotify | nodes.ExpectDefer | nodes.ExpectSuppress)
    }
    for rule in checked.rule_set.rules.values() if checked.tests else ():
        if rule.name not in tested:
            report(rule.source, trigger_span(rule), f"no test expects anything of `{rule.name}`", "add a test")
