"""Clauses that are written twice."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import dropped, spelled
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.LOGIC, each=Checked, fixable=True)
def duplicate_clause(_checked: Checked, world: World, report: Report) -> None:
    """
    An `and` or `or` has the same clause twice.

    The second makes no difference. Perhaps another value was meant.

    Avoid:
        when Order Completed where total > 50 and user.premium is true and total > 50, max 1/day

    Prefer:
        when Order Completed where total > 50 and user.premium is true, max 1/day
    """
    written = world.once(written_parts)
    for part in (*written.get(nodes.And, ()), *written.get(nodes.Or, ())):
        terms = part.node.terms
        for index, term in enumerate(terms):
            if term in terms[:index]:
                edits = dropped(part.source, terms, index)
                message = f"{spelled(part.source, term.span)} is written twice"
                report(part.source, term.span, message, "leave one out", edits)
