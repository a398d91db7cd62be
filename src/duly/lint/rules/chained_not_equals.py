"""Lists of what is excluded, spelled out with `and`."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import outer, raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.lint.rules.chained_equals import are_listed
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
    for start, end in _runs(part.node.terms):
        terms = part.node.terms[start:end]
        span = Span(outer(part.source, terms[0]).start, outer(part.source, terms[-1]).end)
        items = ", ".join(raw(part.source, term.right) for term in terms)  # type: ignore[union-attr]
        text = f"{raw(part.source, terms[0].left)} not in ({items})"  # type: ignore[union-attr]
        report(part.source, span, f"{spelled(part.source, span)} is a list", f"write `{text}`", replaced(part.source, span, text))


def _runs(terms: tuple[nodes.Condition, ...]) -> list[tuple[int, int]]:
    """Where several such clauses stand side by side."""
    found = []
    start = 0
    while start < len(terms):
        end = start + 1
        while end < len(terms) and are_listed(terms[start : end + 1], "!="):
            end += 1
        if end - start > 1:
            found.append((start, end))
        start = end
    return found
