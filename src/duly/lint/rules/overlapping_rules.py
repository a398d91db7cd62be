"""Rules that can fire together."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.rivals import Kind, rivals
from duly.lint.logic.told import told
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.ADVICE, Group.LOGIC, each=Checked)
def overlapping_rules(_checked: Checked, world: World, report: Report) -> None:
    """
    One event can start two rules of a category for one user, and nothing decides between them.

    Both notifications are sent. Where that is not meant, let the conditions exclude each other, give one of the rules
    priority, or let both share a limit or a gap. The example given has been tried out.

    Avoid:
        rule dear when Product Sale where user saved product and price > 100, max 1/day
        rule half when Product Sale where user saved product and discount >= 50%, max 1/day

    Prefer:
        limit offers 1/day
        rule dear when Product Sale where user saved product and price > 100, max 1/day
        rule half when Product Sale where user saved product and discount >= 50%, max 1/day
    """
    for pair in world.once(rivals):
        if pair.kind is Kind.OVERLAPPING:
            message = f"`{pair.one.name}` and `{pair.other.name}` can both fire, such as for {told(pair.example)}"
            report(pair.other.source, pair.other.span, message, "let them exclude each other, or share a limit")
