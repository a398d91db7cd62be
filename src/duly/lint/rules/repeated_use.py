"""Tracking plans that are used twice."""

from __future__ import annotations

from pathlib import PurePath

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked, fixable=True)
def repeated_use(checked: Checked, world: World, report: Report) -> None:
    """
    A tracking plan is used twice.

    All files of a rule set share one plan.

    Avoid:
        use "tracking-plan.json"
        use "tracking-plan.json"

    Prefer:
        use "tracking-plan.json"
    """
    seen: set[str] = set()
    for part in world.once(written_parts).get(nodes.Use, ()):
        file = str(PurePath(part.source.name).parent / part.node.file.value)
        if file in seen:
            edit = without_statement(part.source, part.node.span)
            report(part.source, part.node.span, f"`{part.node.file.value}` is used already", "take it out", (edit,))
        seen.add(file)
