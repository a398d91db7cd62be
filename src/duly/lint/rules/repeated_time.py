"""Times of day that a rule names twice."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=Checked, fixable=True)
def repeated_time(checked: Checked, world: World, report: Report) -> None:
    """
    A rule names the same time of day, or the same hours, twice.

    One of the two may be meant to be another time.

    Avoid:
        when Product Sale where user saved product, at 18:00 local, at 18:00 local, max 1/day

    Prefer:
        when Product Sale where user saved product, at 18:00 local, max 1/day
    """
    for kind in (nodes.At, nodes.Between):
        before: Part[nodes.At] | None = None
        for part in world.once(written_parts).get(kind, ()):
            if before is not None and before.rule is part.rule and before.node == part.node:
                edit = without(part.source, part.node.span)
                report(part.source, part.node.span, "this is said just before", "take one of the two out", (edit,))
            before = part
