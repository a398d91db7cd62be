"""Rules that may send at any hour of the night."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import transactional
from duly.lint.hours import (
    quiet_of,
    trigger_span,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.QUIET, each=model.Rule)
def no_quiet_hours(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule has no hours of its own, and no quiet hours bind it: it may send in the middle of the night.

    Letters are no disturbance: rules `by email` may send at any hour, and so may transactional ones.

    Avoid:
        when Product Sale where user saved product, max 1/day

    Prefer:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, max 1/day
    """
    timing = rule.timing
    if timing.at or timing.between or timing.best or rule.channel in ("email", "in_app", "webhook"):
        return
    if not quiet_of(world, rule) and not transactional(world, rule):
        hint = "add `quiet 22:00 to 08:00 local`, or hours such as `between 09:00 and 21:00 local`"
        report(rule.source, trigger_span(rule), f"`{rule.name}` may send at any hour of the night", hint)
