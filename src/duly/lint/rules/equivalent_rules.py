"""Rules that fire for the same reason."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.rivals import Kind, rivals
from duly.lint.logic.told import told
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.LOGIC, each=Checked)
def equivalent_rules(_checked: Checked, world: World, report: Report) -> None:
    """
    Two rules of a category fire at the same time for the same events and users.

    Whoever gets one notification gets the other as well. The conditions may be written differently; that they mean the
    same is proven.

    Avoid:
        rule one when Order Completed where total >= 50, max 1/day
        rule two when Order Completed where not (total < 50), max 1/day

    Prefer:
        rule one when Order Completed where total >= 50, max 1/day
        rule two when Order Completed where total < 50, max 1/day
    """
    for pair in world.once(rivals):
        if pair.kind is Kind.EQUIVALENT:
            message = f"`{pair.other.name}` fires exactly when `{pair.one.name}` does, such as for {told(pair.example)}"
            report(pair.other.source, pair.other.span, message, "keep one of the two, or make variants of their texts")
