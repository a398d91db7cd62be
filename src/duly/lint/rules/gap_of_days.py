"""Gaps that leave one notification in days."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    duration,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.WARNING, Group.FREQUENCY, each=nodes.Gap)
def gap_of_days(part: Part[nodes.Gap], world: World, report: Report) -> None:
    """
    The gap between two notifications is more than a day.

    One notification then silences all other rules for days, whatever their priority. A limit says the same and lets the
    more important one through.

    Avoid:
        gap 3 days

    Prefer:
        gap 2 hours
    """
    if part.node.duration.value > DAY:
        message = f"one notification silences all rules for {duration(part.node.duration.value)}"
        report(part.source, part.node.span, message, "write a gap of hours, and a limit such as `limit total 2/week`")
