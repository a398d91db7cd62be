"""Lists of what is excluded, spelled out with `and`."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import outer, raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.lint.rules.chained_equals import listed
from duly.source import Span
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.LOGIC, each=nodes.And, fixable=True)
def chained_not_equals(part: Part[nodes.And], world: World, report: Report) -> None:
    """
    One property is kept from several values, each in a clause of its own.

    A list says it once and grows by a word.

    Avoid:
        when Order Completed where total > 50 and status != "returned" and status != "cancelled", max 1/day

    Prefer:
        when Order Completed where total > 50 and status not in ("returned", "cancelled"), max 1/day
    """
    start = 0
    while start < len(part.node.terms):
        terms = listed(part.node.terms[start:], "!=")
        if len(terms) > 1:
            span = Span(outer(part.source, terms[0]).start, outer(part.source, terms[-1]).end)
            items = ", ".join(raw(part.source, term.right) for term in terms)
            text = f"{raw(part.source, terms[0].left)} not in ({items})"
            edits = replaced(part.source, span, text)
            report(part.source, span, f"{spelled(part.source, span)} is a list", f"write `{text}`", edits)
        start += max(len(terms), 1)
