"""Arithmetic with literals alone."""

from __future__ import annotations

from duly.conditions.words import number_words
from duly.diagnostics import Severity
from duly.lint.logic.spelling import outer, replaced, spelled
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.LOGIC, each=Checked, fixable=True)
def constant_arithmetic(_checked: Checked, world: World, report: Report) -> None:
    """
    Numbers are calculated that could be written down.

    A reader has to calculate as well to know what the rule compares with.

    Avoid:
        when Order Completed where total >= 2 * 50 + 20, max 1/day

    Prefer:
        when Order Completed where total >= 120, max 1/day
    """
    found = [
        (part, known)
        for part in world.once(written_parts).get(nodes.Arithmetic, ())
        if (known := _worked_out(part.node))
    ]
    for part, known in found:
        span = outer(part.source, part.node)
        if any(other.source is part.source and _inside(part.node, other.node) for other, _ in found):
            continue
        text = number_words(known)
        report(part.source, span, f"{spelled(part.source, span)} is {text}", "", replaced(part.source, span, text))


def _inside(one: nodes.Arithmetic, other: nodes.Arithmetic) -> bool:
    return one is not other and other.span.start <= one.span.start and one.span.end <= other.span.end


def _worked_out(value: nodes.Value) -> float | None:
    """The number that literals come to; None for anything else, and for what would be 0."""
    if isinstance(value, nodes.Number):
        return value.value
    if not isinstance(value, nodes.Arithmetic):
        return None
    left, right = _worked_out(value.left), _worked_out(value.right)
    if left is None or right is None or (value.operator == "/" and right == 0):
        return None
    results = {"+": left + right, "-": left - right, "*": left * right}
    return results[value.operator] if value.operator in results else left / right
