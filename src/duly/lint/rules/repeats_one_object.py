"""Rules that may tell of one object several times a day."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import most
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.ADVICE, Group.FREQUENCY, each=model.Rule)
def repeats_one_object(rule: model.Rule, world: World, report: Report) -> None:
    """
    A rule about objects may tell one user several times a day of the same one.

    Its caps count all objects together and allow more than one a day.

    Avoid:
        when Product Sale where user saved product, max 3/day

    Prefer:
        when Product Sale where user saved product, max 3/day, max 1 per 7 days per product
    """
    if not rule.fans_out or not rule.caps or any(cap.per_product for cap in rule.caps):
        return
    if min(most(cap.limit, cap.window, _DAY) for cap in rule.caps) > 1:
        message = "this may tell of the same object several times a day"
        report(rule.source, rule.caps[0].span, message, "add a cap such as `max 1 per 7 days per product`")


_DAY = model.Calendar("day")
