"""Rules whose clauses go by different clocks."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.TIME, each=model.Rule)
def mixed_zones(rule: model.Rule, world: World, report: Report) -> None:
    """
    The times of one rule go by different clocks.

    Whether they ever meet depends on where the user is; days and calendar caps go by only one of them.

    Avoid:
        when Product Sale where user saved product, at 18:00 local, between 09:00 and 20:00 "Europe/Paris", max 1/day

    Prefer:
        when Product Sale where user saved product, at 18:00 local, between 09:00 and 20:00 local, max 1/day
    """
    timing = rule.timing
    if timing.at or timing.between or timing.best:
        hours: list[model.At | model.Hours] = [*timing.at, *timing.between, *([timing.best] if timing.best else [])]
        odd = next((each for each in hours if each.zone != hours[0].zone), None)
        if odd is not None:
            report(
                rule.source, odd.span, "this goes by another clock than the rest of the rule", "use one zone in a rule"
            )
