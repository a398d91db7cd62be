"""Alternatives that are never the case."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import spelled
from duly.lint.logic.stated import conflict, connectives, reasoning, stated
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.LOGIC, each=Checked)
def never_true_alternative(_checked: Checked, world: World, report: Report) -> None:
    """
    One side of an `or` can never be true.

    The rule fires, but never because of this side: somebody is forgotten.

    Avoid:
        when Order Completed where total > 100 or (total < 50 and total > 80), max 1/day

    Prefer:
        when Order Completed where total > 100 or (total > 50 and total < 80), max 1/day
    """
    reason = world.once(reasoning)
    for each in world.once(stated):
        if each.never or not each.repeats:
            continue
        for connective in connectives(each.condition):
            for term in connective.terms if isinstance(connective, model.Or) else ():
                if reason.never(term):
                    clauses = conflict(reason, term)
                    names = " and ".join(spelled(each.source, clause.span) for clause in clauses[:4])
                    told = f"{names} are never true together" if len(clauses) > 1 else f"{names} is never true"
                    report(each.source, term.span, f"this alternative is never the case: {told}", "correct or drop it")
