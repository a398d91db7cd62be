"""Alternatives that add nobody."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.reason import Reason
from duly.lint.logic.spelling import dropped, spelled
from duly.lint.logic.stated import Stated, connectives, others, reasoning, stated
from duly.lint.logic.wants import Want
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.LOGIC, each=Checked, fixable=True)
def absorbed_alternative(_checked: Checked, world: World, report: Report) -> None:
    """
    One side of an `or` is true only where another side is.

    It adds nobody: `a or (a and b)` is `a`.

    Avoid:
        when Order Completed where total > 50 or (total > 80 and user.premium is true), max 1/day

    Prefer:
        when Order Completed where total > 50, max 1/day
    """
    reason = world.once(reasoning)
    for each in world.once(stated):
        if each.repeats and not each.never:
            for connective in connectives(each.condition):
                if isinstance(connective, model.Or):
                    _look(each, connective, reason, report)


def _look(each: Stated, connective: model.Or, reason: Reason, report: Report) -> None:
    terms = list(connective.terms)
    for term in reversed(connective.terms):
        index = next(number for number, other in enumerate(terms) if other is term)
        rest = others(terms, index)
        if not rest or term in rest or reason.never(term):
            continue
        if reason.impossible((term, Want.TRUE), *((other, Want.NOT_TRUE) for other in rest)):
            cause = next((other for other in rest if reason.implies(term, other)), None)
            by = spelled(each.source, cause.span) if cause is not None else "the other alternatives"
            edits = dropped(each.source, connective.terms, connective.terms.index(term))
            message = f"{spelled(each.source, term.span)} adds nothing to {by}"
            report(each.source, term.span, message, "leave it out, or correct the one that is wrong", edits)
            terms = rest
