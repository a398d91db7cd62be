"""Conditions that only ask whether something is there."""

from __future__ import annotations

from itertools import combinations

from duly.diagnostics import Severity
from duly.lint.logic.reason import Reason
from duly.lint.logic.spelling import spelled
from duly.lint.logic.stated import connectives, reasoning, stated
from duly.lint.logic.wants import Want
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.LOGIC, each=Checked)
def never_false(_checked: Checked, world: World, report: Report) -> None:
    """
    An `or` is never false: it is true, or unknown because something is missing.

    `a != x or a != y` is true of every value, since no value is both. Most often `and` was meant; if only the presence
    of the value matters, `is not missing` says so.

    Avoid:
        when Order Completed where status != "returned" or status != "cancelled", max 1/day

    Prefer:
        when Order Completed where status != "returned" and status != "cancelled", max 1/day
    """
    reason = world.once(reasoning)
    for each in world.once(stated):
        if not each.repeats or each.never:
            continue
        for part in connectives(each.condition):
            if isinstance(part, model.Or) and not reason.always(part):
                for one, other in combinations(part.terms, 2):
                    if _complementary(reason, one, other):
                        names = f"{spelled(each.source, one.span)} and {spelled(each.source, other.span)}"
                        report(each.source, part.span, f"{names} are never both false", "did you mean `and`?")


def _complementary(reason: Reason, one: model.Condition, other: model.Condition) -> bool:
    """Whether one of two clauses holds whenever both are known, and each may be the one that does not."""
    return (
        reason.impossible((one, Want.FALSE), (other, Want.FALSE))
        and not reason.impossible((one, Want.TRUE), (other, Want.FALSE))
        and not reason.impossible((one, Want.FALSE), (other, Want.TRUE))
    )
