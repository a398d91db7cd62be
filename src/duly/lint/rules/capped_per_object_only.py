"""Rules whose caps count each object by itself."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import limits_on, transactional
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.FREQUENCY, each=model.Rule)
def capped_per_object_only(rule: model.Rule, world: World, report: Report) -> None:
    """
    All caps of a rule count one object each, and no house limit counts them together.

    Who saved two hundred products can get two hundred notifications on one day.

    Avoid:
        when Product Sale where user saved product, max 1/day per product

    Prefer:
        when Product Sale where user saved product, max 1/day per product, max 3/day
    """
    if not rule.caps or not all(cap.per_product for cap in rule.caps):
        return
    if not transactional(world, rule) and not limits_on(world, rule):
        message = "nothing limits how many objects one user hears of"
        report(rule.source, rule.caps[0].span, message, "add a cap for all of them, such as `max 3/day`")
