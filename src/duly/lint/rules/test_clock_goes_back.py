"""Steps that are earlier than those before them."""

from __future__ import annotations

from itertools import pairwise

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TESTS, each=nodes.Test)
def test_clock_goes_back(part: Part[nodes.Test], world: World, report: Report) -> None:
    """
    A step of a test is earlier than the one before it.

    In service the clock never goes back, and what the later step has sent counts for the earlier one already. An event
    that arrives late says `happened` and the earlier time.

    Avoid:
        when Product Viewed, max 1/day

        test "a view is told of"
          2026-05-01 12:00  ada: Product Viewed
          expect ada: notify example
          2026-05-01 10:00  ada: Product Viewed
          expect ada: suppress example because capped

    Prefer:
        when Product Viewed, max 1/day

        test "a view is told of"
          2026-05-01 10:00  ada: Product Viewed
          expect ada: notify example
          2026-05-01 12:00  ada: Product Viewed
          expect ada: suppress example because capped
    """
    steps = [line for line in part.node.lines if isinstance(line, nodes.Step)]
    for before, step in pairwise(steps):
        if (step.time.date, step.time.time) < (before.time.date, before.time.time):
            message = "this step is earlier than the one before it"
            report(part.source, step.time.span, message, "put the steps in order, or write `happened`")
