"""Rules that never fire alone."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.rivals import Kind, rivals
from duly.lint.logic.told import told
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.LOGIC, each=Checked)
def implied_rule(_checked: Checked, world: World, report: Report) -> None:
    """
    A rule fires only when another one does, and nothing decides between them.

    Whoever it is for gets two notifications for one event. Let the wider rule leave these users out, give one of the
    two priority, or let both share a limit or a gap.

    Avoid:
        rule sale when Product Sale where user saved product, max 1/day
        rule big_sale when Product Sale where user saved product and discount >= 50%, max 1/day

    Prefer:
        rule sale when Product Sale where user saved product and discount < 50%, max 1/day
        rule big_sale when Product Sale where user saved product and discount >= 50%, max 1/day
    """
    for pair in world.once(rivals):
        if pair.kind is Kind.IMPLIED:
            message = f"whenever `{pair.one.name}` fires so does `{pair.other.name}`, such as for {told(pair.example)}"
            report(pair.one.source, pair.one.span, message, "exclude one from the other, or give one of them priority")
