"""Categories that people cannot tell apart."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.AUDIENCE, each=Checked)
def same_category_title(checked: Checked, world: World, report: Report) -> None:
    """
    Two categories have the same title.

    People cannot tell what they refuse, and refuse both.

    Avoid:
        category deals "Offers": opt in
        category gifts "Offers": opt in

    Prefer:
        category deals "Deals and price drops": opt in
        category gifts "Gift ideas": opt in
    """
    seen: dict[str, str] = {}
    for part in world.once(written_parts).get(nodes.Category, ()):
        title = part.node.title.value.strip().casefold() if part.node.title else ""
        first = seen.setdefault(title, part.node.name.value)
        if title and first != part.node.name.value:
            report(part.source, part.node.title.span, f"the category `{first}` has this title too", "give it another")
