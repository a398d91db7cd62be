"""Clauses that follow from others."""

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
def implied_clause(_checked: Checked, world: World, report: Report) -> None:
    """
    A clause of an `and` is true whenever the others are.

    It excludes nobody, and a reader looks for the difference it makes. A test for presence beside a comparison is not
    reported: it says what the rule counts on.

    Avoid:
        when Product Sale where user saved product and discount >= 20% and discount >= 10%, max 1/day

    Prefer:
        when Product Sale where user saved product and discount >= 20%, max 1/day
    """
    reason = world.once(reasoning)
    for each in world.once(stated):
        if each.repeats and not each.never:
            for connective in connectives(each.condition):
                if isinstance(connective, model.And):
                    _look(each, connective, reason, report)


def _look(each: Stated, connective: model.And, reason: Reason, report: Report) -> None:
    terms = list(connective.terms)
    for term in reversed(connective.terms):
        index = next(number for number, other in enumerate(terms) if other is term)
        rest = others(terms, index)
        if not rest or _speaks_for_itself(each, term) or term in rest:
            continue
        if reason.impossible((term, Want.NOT_TRUE), *((other, Want.TRUE) for other in rest)):
            cause = next((other for other in rest if reason.implies(other, term)), None)
            by = spelled(each.source, cause.span) if cause is not None else "the other clauses"
            edits = dropped(each.source, connective.terms, connective.terms.index(term))
            message = f"{spelled(each.source, term.span)} follows from {by}"
            report(each.source, term.span, message, "leave it out, or correct the one that is wrong", edits)
            terms = rest


def _speaks_for_itself(each: Stated, term: model.Condition) -> bool:
    """Tests for presence, and what says who a rule is for."""
    inner = term.term if isinstance(term, model.Not) else term
    binds = each.rule is not None and bool(each.rule.fans_out) and isinstance(term, model.Related | model.InSegment)
    return binds or isinstance(inner, model.Missing)
