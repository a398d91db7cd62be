"""Daily caps that two days can follow each other on."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import gap_of, transactional
from duly.lint.hours import (
    permitted,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.model import DAY, WEEK


@lint(Severity.ADVICE, Group.FREQUENCY, each=model.Rule)
def calendar_cap_without_gap(rule: model.Rule, world: World, report: Report) -> None:
    """
    A calendar cap is all that keeps two notifications apart, and the rule may send around midnight.

    23:59 and 00:01 are two days: with `max 1/day` both may go out.

    Avoid:
        when Product Sale where user saved product, max 1/day

    Prefer:
        gap 2 hours
        when Product Sale where user saved product, max 1/day

    A rolling cap such as `max 1 per 24 hours` does it too, and so do hours that leave midnight out.
    """
    calendar = [cap for cap in rule.caps if isinstance(cap.window, model.Calendar) and cap.window.unit != "hour"]
    if not calendar or len(calendar) < len(rule.caps) or gap_of(world, rule) or transactional(world, rule):
        return
    hours = permitted(world, rule)
    if hours is None or _passes_midnight(hours):
        message = "this can send just before midnight and again just after it"
        report(rule.source, calendar[0].span, message, "add `gap 2 hours`, or a cap such as `max 1 per 24 hours`")


def _passes_midnight(hours: tuple[tuple[int, int], ...]) -> bool:
    """Whether a stretch of hours goes on from one day to the next."""
    ends = {end % WEEK for _, end in hours}
    starts = {start for start, _ in hours}
    return any(start // DAY != (end - 1) // DAY for start, end in hours) or bool(ends & starts)
