"""Rules that never fire."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import spelled
from duly.lint.logic.stated import conflict, reasoning, stated
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.ERROR, Group.LOGIC, each=Checked)
def never_true(_checked: Checked, world: World, report: Report) -> None:
    """
    The condition of a rule is true of no event and no user, so that the rule never fires.

    Two of its clauses exclude each other, or one excludes itself. This is proven, with the three truths of the language
    and with all that is known of windows, dates and segments.

    Avoid:
        when Product Sale where user saved product and discount > 50% and discount < 20%, max 1/day

    Prefer:
        when Product Sale where user saved product and discount > 20% and discount < 50%, max 1/day
    """
    for each in world.once(stated):
        if each.never and each.rule is not None:
            clauses = conflict(world.once(reasoning), each.condition)
            names = " and ".join(spelled(each.source, clause.span) for clause in clauses[:4])
            told = f"{names} are never true together" if len(clauses) > 1 else f"{names} is never true"
            report(each.source, clauses[-1].span, f"this rule never fires: {told}", "keep what is meant, drop the rest")
