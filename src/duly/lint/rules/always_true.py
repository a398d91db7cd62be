"""Conditions that exclude nobody."""

from __future__ import annotations

from collections.abc import Iterator

from duly.diagnostics import Severity
from duly.lint.logic.spelling import spelled
from duly.lint.logic.stated import connectives, reasoning, stated
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.LOGIC, each=Checked)
def always_true(_checked: Checked, world: World, report: Report) -> None:
    """
    A condition, or an `or` in it, is true whatever the event and whoever the user.

    It decides nothing. Often one of its sides was meant to be something else.

    Avoid:
        when Order Completed where coupon is missing or coupon is not missing, max 1/day

    Prefer:
        when Order Completed where coupon is not missing, max 1/day
    """
    reason = world.once(reasoning)
    for each in world.once(stated):
        if each.repeats and not each.never:
            for part in _parts(each.condition):
                if reason.always(part):
                    report(each.source, part.span, f"{spelled(each.source, part.span)} is always true", "leave it out")


def _parts(condition: model.Condition) -> Iterator[model.Condition]:
    if isinstance(condition, model.Not):
        yield condition
    yield from (each for each in connectives(condition) if isinstance(each, model.Or))
