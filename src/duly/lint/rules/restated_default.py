"""Clauses that say what holds anyway."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.STYLE, each=Checked, fixable=True)
def restated_default(checked: Checked, world: World, report: Report) -> None:
    """
    A clause says what holds without it: `by push`, `in category default`, `priority 0`.

    What is said should be what is special.

    Avoid:
        when Product Sale where user saved product, by push, max 1/day, priority 0

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    found = world.once(written_parts)
    plain = [part for part in found.get(nodes.ByChannel, ()) if part.node.channel.value == "push"]
    plain += [part for part in found.get(nodes.InCategory, ()) if part.node.category.value == "default"]
    plain += [part for part in found.get(nodes.Priority, ()) if part.node.value.value == 0]
    for part in plain:
        edit = without(part.source, part.node.span)
        report(part.source, part.node.span, "this holds without saying so", "take it out", (edit,))
