"""Items that a list has twice."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.spelling import dropped, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.LOGIC, each=nodes.OneOf, fixable=True)
def duplicate_list_item(part: Part[nodes.OneOf], world: World, report: Report) -> None:
    """
    A list has the same item twice.

    The second makes no difference. Perhaps another item was meant.

    Avoid:
        when Order Completed where user.country in ("DE", "AT", "DE"), max 1/day

    Prefer:
        when Order Completed where user.country in ("DE", "AT"), max 1/day
    """
    seen = set()
    for index, item in enumerate(part.node.items):
        if (type(item), item.value) in seen:
            edits = dropped(part.source, part.node.items, index)
            report(part.source, item.span, f"{spelled(part.source, item.span)} is in the list twice", "", edits)
        seen.add((type(item), item.value))
