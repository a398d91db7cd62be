"""Categories without the words that people choose by."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.AUDIENCE, each=nodes.Category)
def untitled_category(part: Part[nodes.Category], world: World, report: Report) -> None:
    """
    A category has no title.

    The title is what people see where they choose what to get.

    Avoid:
        category deals: opt in

    Prefer:
        category deals "Deals and price drops": opt in
    """
    if part.node.title is None or not part.node.title.value.strip():
        name = part.node.name.value
        message = f"the category `{name}` has no title for people to choose by"
        report(part.source, part.node.span, message, f'write `category {name} "What people see": …`')
