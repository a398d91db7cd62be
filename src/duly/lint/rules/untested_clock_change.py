"""Tests that never see a clock change."""

from __future__ import annotations

from datetime import timedelta

from duly.diagnostics import Severity
from duly.lint.clocks import changes_in
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes
from duly.vocabulary.zones import is_zone


@lint(Severity.ADVICE, Group.TESTS, each=Checked)
def untested_clock_change(checked: Checked, world: World, report: Report) -> None:
    """
    Rules go by local time, there are tests, and none of them spans a clock change.

    On two days of the year a day has 23 or 25 hours. A test shows what a rule makes of them.

    Avoid:
        when Product Viewed, at 18:00 local, max 1/day

        test "a view is told of" in "Europe/London"
          user ada timezone "Europe/London"
          2026-05-01 19:30  ada: Product Viewed
          expect ada: defer example until 2026-05-02 18:00

    Prefer:
        when Product Viewed, at 18:00 local, max 1/day

        test "a view is told of in spring" in "Europe/London"
          user ada timezone "Europe/London"
          2026-03-28 19:30  ada: Product Viewed
          expect ada: defer example until 2026-03-29 18:00
    """
    if not checked.tests or nodes.At not in world.once(written_parts):
        return
    if not any(_spans_change(test.node) for test in checked.tests):
        first = checked.tests[0]
        message = "no test of this rule set spans a clock change"
        report(first.source, first.node.title.span, message, "add one, such as in New York on 2026-03-08")


def _spans_change(test: nodes.Test) -> bool:
    days = [line.time.date for line in test.lines if isinstance(line, nodes.Step)]
    days += [line.until.date for line in test.lines if isinstance(line, nodes.ExpectDefer)]
    zone = test.zone.value if test.zone is not None else "UTC"
    if not days or not is_zone(zone):
        return False
    first, last = min(days), max(days)
    return any(first <= change.day <= last for change in changes_in(zone, first - timedelta(days=1)))
