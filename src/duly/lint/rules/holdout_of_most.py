"""Control groups of more than half."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.EXPERIMENTS, each=Checked)
def holdout_of_most(checked: Checked, world: World, report: Report) -> None:
    """
    A control group holds more than half of all users, who get nothing.

    A few percent are enough to measure an effect.

    Avoid:
        holdout 90% seed "house-2026"

    Prefer:
        holdout 10% seed "house-2026"
    """
    for part in world.once(written_parts).get(nodes.Holdout, ()):
        if part.node.share.value > 0.5:
            message = f"{part.node.share.value * 100:.6g}% of the users get nothing"
            report(part.source, part.node.share.span, message, "hold out less, or say who is meant with `where`")
