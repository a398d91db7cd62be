"""Declarations that every rule set has anyway."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.meaning.rule_set import prelude
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked, fixable=True)
def repeats_prelude(checked: Checked, world: World, report: Report) -> None:
    """
    A relation or event is declared just as the prelude declares it.

    `duly prelude` shows what every rule set has without saying so.

    Avoid:
        event Product Sale about product
        when Product Sale where user saved product, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    given = prelude().statements
    for kind in (nodes.Event, nodes.Relation):
        for part in world.once(written_parts).get(kind, ()):
            if part.node in given and part.source.text != prelude().source.text:
                edit = without_statement(part.source, part.node.span)
                message = f"the prelude declares `{part.node.name.value}` just like this"
                report(part.source, part.node.span, message, "take it out", (edit,))
