"""Lists spelled out with `or`."""

from __future__ import annotations

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
    terms = part.node.terms
    if not are_listed(terms, "="):
        return
    text = f"{raw(part.source, terms[0].left)} in ({', '.join(raw(part.source, term.right) for term in terms)})"  # type: ignore[union-attr]
    message = f"{spelled(part.source, part.node.span)} is a list"
    report(part.source, part.node.span, message, f"write `{text}`", replaced(part.source, part.node.span, text))


def are_listed(terms: tuple[nodes.Condition, ...], operator: str) -> bool:
    """Whether all terms compare one property with literals of one kind."""
    if len(terms) < 2 or not all(isinstance(term, nodes.Comparison) and term.operator == operator for term in terms):
        return False
    values = {term.left for term in terms if isinstance(term, nodes.Comparison)}
    kinds = {type(term.right) for term in terms if isinstance(term, nodes.Comparison)}
    items = {term.right for term in terms if isinstance(term, nodes.Comparison)}
    if len(values) != 1 or len(kinds) != 1 or len(items) != len(terms):
        return False
    return isinstance(values.pop(), nodes.Path) and kinds.pop() in LISTED
