"""Rules whose hours are all quiet or exclude each other."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    permitted,
    scheduled,
    trigger_span,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.ERROR, Group.QUIET, each=model.Rule)
def no_hour_left(rule: model.Rule, world: World, report: Report) -> None:
    """
    The hours of a rule exclude each other, or lie in quiet hours, so that it never sends.

    A time of day such as `at 18:00 local` is good for an hour: it is left when some of that hour is.

    Avoid:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, between 22:00 and 23:00 local, max 1/day

    Prefer:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, between 20:00 and 22:00 local, max 1/day
    """
    timing = rule.timing
    if (timing.at or timing.between or timing.best or world.rule_set.quiet) and permitted(world, rule) == ():
        why = "its hours exclude each other" if not scheduled(timing) else "all its hours are quiet"
        hint = "move its hours" if not scheduled(timing) else "move its hours, or the quiet ones"
        report(rule.source, trigger_span(rule), f"`{rule.name}` never sends: {why}", hint)
