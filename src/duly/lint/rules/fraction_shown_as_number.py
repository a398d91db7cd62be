"""Percentages that texts show as 0.2."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Wording
from duly.lint.plan import (
    mentions,
)
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.source import Span
from duly.syntax import nodes


@lint(Severity.WARNING, Group.MESSAGES, each=Checked, fixable=True)
def fraction_shown_as_number(checked: Checked, world: World, report: Report) -> None:
    """
    A text shows a property that conditions compare with a percentage, as a plain number.

    `20%` is the number 0.2, and that is what people see. `as percent` shows it as 20%.

    Avoid:
        when Product Sale where user saved product and discount >= 20%, max 1/day, send "{discount} off"

    Prefer:
        when Product Sale where user saved product and discount >= 20%, max 1/day, send "{discount as percent} off"
    """
    comparisons = world.once(written_parts).get(nodes.Comparison, ()) if Wording in world.once(written_parts) else ()
    fractions = {
        part.node.left.parts[-1]
        for part in comparisons
        if type(part.node.right) is nodes.Percent and type(part.node.left) is nodes.Path
    }
    for mention in mentions(world) if fractions else ():
        shown = mention.shown
        if shown is not None and not shown.percent and mention.value.path[-1] in fractions:
            end = mention.value.span.end
            edit = Edit(Span(end, end), " as percent")
            message = f"`{mention.written}` is a fraction, and 20% is shown as 0.2"
            report(mention.source, mention.value.span, message, f"write `{mention.written} as percent`", (edit,))
