"""Segments that nothing asks about."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.parts import all_is_known
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked, fixable=True)
def unused_segment(checked: Checked, world: World, report: Report) -> None:
    """
    A segment is used by no rule and no other segment.

    It is kept up to date for every user all the same.

    Avoid:
        segment regulars: count of Order Completed in last 90 days >= 3
        when Product Sale where user saved product, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    found = world.once(written_parts)
    used = {
        part.node.segment.value
        for kind in (nodes.InSegment, nodes.WhenEnters, nodes.WhenLeaves)
        for part in found.get(kind, ())
    }
    for part in found.get(nodes.Segment, ()) if all_is_known(checked) else ():
        if part.node.name.value not in used:
            edit = without_statement(part.source, part.node.span)
            report(
                part.source,
                part.node.name.span,
                f"nothing uses the segment `{part.node.name.value}`",
                "take it out",
                (edit,),
            )
