"""Titles that only repeat the name."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.plan import (
    folded,
)
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.STYLE, each=nodes.Rule, fixable=True)
def title_repeats_name(part: Part[nodes.Rule], world: World, report: Report) -> None:
    """
    The title of a rule only repeats its name.

    Say in a sentence what happens, or leave the title out.

    Avoid:
        rule saved_sale "Saved sale"
          when Product Sale where user saved product, max 1/day

    Prefer:
        rule saved_sale
          when Product Sale where user saved product, max 1/day
    """
    name, title = part.node.name, part.node.title
    if name is None or title is None or title.value[:1].lower() != name.value[0]:
        return
    if folded(title.value) == folded(name.value):
        edit = Edit(Span(name.span.end, title.span.end), "")
        report(part.source, title.span, "the title only repeats the name", "say what happens, or take it out", (edit,))
