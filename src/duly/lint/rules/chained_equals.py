"""Lists spelled out with `or`."""

from __future__ import annotations

from collections.abc import Sequence

from duly.diagnostics import Severity
from duly.lint.logic.spelling import raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes

LISTED = (nodes.Text, nodes.Number, nodes.Percent, nodes.Date)


@lint(Severity.ADVICE, Group.LOGIC, each=nodes.Or, fixable=True)
def chained_equals(part: Part[nodes.Or], world: World, report: Report) -> None:
    """
    One property is compared with several values, each in a clause of its own.

    A list says it once and grows by a word.

    Avoid:
        when Order Completed where user.country = "DE" or user.country = "AT", max 1/day

    Prefer:
        when Order Completed where user.country in ("DE", "AT"), max 1/day
    """
    terms = listed(part.node.terms, "=")
    if len(terms) > 1 and len(terms) == len(part.node.terms):
        text = f"{raw(part.source, terms[0].left)} in ({', '.join(raw(part.source, term.right) for term in terms)})"
        message = f"{spelled(part.source, part.node.span)} is a list"
        report(part.source, part.node.span, message, f"write `{text}`", replaced(part.source, part.node.span, text))


def listed(terms: Sequence[nodes.Condition], operator: str) -> list[nodes.Comparison]:
    """The first terms, as many as compare one property with different literals of one kind."""
    found: list[nodes.Comparison] = []
    for term in terms:
        if not isinstance(term, nodes.Comparison) or term.operator != operator:
            break
        if not isinstance(term.left, nodes.Path) or not isinstance(term.right, LISTED):
            break
        if found and not (term.left == found[0].left and type(term.right) is type(found[0].right)):
            break
        if term.right in [other.right for other in found]:
            break
        found.append(term)
    return found
