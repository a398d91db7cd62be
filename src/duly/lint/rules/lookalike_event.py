"""Events whose names differ in spelling only."""

from __future__ import annotations

from collections.abc import Iterator

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.plan import (
    folded,
)
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.meaning.rule_set import prelude
from duly.syntax import nodes


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def lookalike_event(checked: Checked, world: World, report: Report) -> None:
    """
    Two event names differ only in capitals, spaces or signs.

    Names of events are compared letter by letter, so that one of the two is probably never sent. A tracking plan turns
    this into an error.

    Avoid:
        when "product sale" where user saved product, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    if checked.tracking_plan is not None:
        return
    seen = {folded(name): name for name in _given()}
    part: Part[nodes.EventName]
    for part in world.once(written_parts).get(nodes.EventName, ()):
        name = part.node.value
        first = seen.setdefault(folded(name), name)
        if first != name:
            message = f"`{name}` differs from `{first}` only in spelling"
            report(part.source, part.node.span, message, f"write `{first}` if that is meant")


def _given() -> Iterator[str]:
    """The events that everybody spells alike: those of the prelude."""
    for statement in prelude().statements:
        if isinstance(statement, nodes.Event):
            yield statement.name.value
        elif isinstance(statement, nodes.Relation):
            yield from (event.value for event in (*statement.added_by, *(statement.removed_by or ())))
