"""Declared events that start nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.parts import all_is_known
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked, fixable=True)
def unused_event(checked: Checked, world: World, report: Report) -> None:
    """
    An event is declared to be about something, and no rule starts with it.

    The declaration only matters to rules that start with the event.

    Avoid:
        event Shop Opened about shop
        when Product Sale where user saved product, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    found = world.once(written_parts)
    used = {part.node.value for part in found.get(nodes.EventName, ())}
    for part in found.get(nodes.Event, ()) if all_is_known(checked) else ():
        if part.node.name.value not in used:
            edit = without_statement(part.source, part.node.span)
            report(
                part.source,
                part.node.name.span,
                f"no rule starts with `{part.node.name.value}`",
                "take it out",
                (edit,),
            )
