"""Segments that nobody is ever in."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import spelled
from duly.lint.logic.stated import conflict, reasoning, stated
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.ERROR, Group.LOGIC, each=Checked)
def never_true_segment(_checked: Checked, world: World, report: Report) -> None:
    """
    Nobody is ever in a segment.

    Its clauses exclude each other. Rules that ask for the segment never fire, and rules that wait for somebody to enter
    it wait for ever.

    Avoid:
        segment keen: user did Order Completed in last 7 days and user has not done Order Completed in last 30 days

    Prefer:
        segment keen: user did Order Completed in last 30 days and user has not done Order Completed in last 7 days
    """
    for each in world.once(stated):
        if each.never and each.rule is None:
            clauses = conflict(world.once(reasoning), each.condition)
            names = " and ".join(spelled(each.source, clause.span) for clause in clauses[:4])
            told = f"{names} are never true together" if len(clauses) > 1 else f"{names} is never true"
            report(
                each.source, clauses[-1].span, f"nobody is ever in `{each.name}`: {told}", "drop what does not belong"
            )
