"""Properties that are fractions in one place and numbers in another."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def mixed_percent_and_number(_checked: Checked, world: World, report: Report) -> None:
    """
    A property is compared with a percentage in one place and with a number above 1 in another.

    `20%` is the number 0.2. What sends the event sends either 0.2 or 20, and one of the two comparisons is never, or
    always, true.

    Avoid:
        rule sale
          when Product Sale where user saved product and discount >= 20%, max 1/day

        rule big_sale
          when Product Sale where user saved product and discount >= 50, max 1/day

    Prefer:
        rule sale
          when Product Sale where user saved product and discount >= 20%, max 1/day

        rule big_sale
          when Product Sale where user saved product and discount >= 50%, max 1/day
    """
    comparisons = world.once(written_parts).get(nodes.Comparison, ())
    pairs = [(part, part.node.left, part.node.right) for part in comparisons if type(part.node.left) is nodes.Path]
    fractions = {left.parts for _, left, right in pairs if type(right) is nodes.Percent}
    for part, left, right in pairs if fractions else ():
        if type(right) is nodes.Number and right.value > 1 and left.parts in fractions:
            written = part.source.text[right.span.start : right.span.end]
            message = (
                f"`{'.'.join(left.parts)}` is compared with a percentage elsewhere, and `{written}` is far above it"
            )
            report(part.source, right.span, message, f"write `{written}%` if that is meant")
