"""`and` and `or` side by side."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.logic.spelling import layers, raw, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.LOGIC, each=nodes.Or, fixable=True)
def mixed_and_or(part: Part[nodes.Or], world: World, report: Report) -> None:
    """
    `and` and `or` are mixed without parentheses.

    `and` binds tighter, which not everybody who reads a rule knows. Parentheses leave no doubt.

    Avoid:
        when Order Completed where user.premium is true or total > 50 and items > 3, max 1/day

    Prefer:
        when Order Completed where user.premium is true or (total > 50 and items > 3), max 1/day
    """
    if not part.node.mixed:
        return
    for term in part.node.terms:
        if isinstance(term, nodes.And) and not layers(part.source, term.span):
            message = f"{spelled(part.source, term.span)} is taken together, which is easily overlooked"
            edits = (Edit(term.span, f"({raw(part.source, term)})"),)
            report(part.source, term.span, message, "put it in parentheses", edits)
