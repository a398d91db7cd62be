"""Long numbers in one piece."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.STYLE, each=nodes.Number, fixable=True)
def unseparated_digits(part: Part[nodes.Number], world: World, report: Report) -> None:
    """
    A number of five or more digits is written in one piece.

    A zero too many is easily missed.

    Avoid:
        when Order Completed where total >= 100000, max 1/day

    Prefer:
        when Order Completed where total >= 100_000, max 1/day
    """
    value = part.node.value
    if type(value) is int and value >= 10_000:
        written = part.source.text[part.node.span.start : part.node.span.end]
        if written.isdecimal():
            edit = Edit(part.node.span, f"{value:_}")
            report(part.source, part.node.span, "this is hard to read", f"write `{value:_}`", (edit,))
