"""Texts with spaces at their ends."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording, fixable=True)
def padded_text(wording: Wording, world: World, report: Report) -> None:
    """
    A text begins or ends with a space.

    Screens show it as an indentation, links break with it.

    Avoid:
        when Product Sale where user saved product, max 1/day, send " Your saved product is on sale "

    Prefer:
        when Product Sale where user saved product, max 1/day, send "Your saved product is on sale"
    """
    written = wording.written
    if written != written.strip(" "):
        edit = Edit(wording.template.span, f'"{written.strip(" ")}"')
        report(wording.source, wording.template.span, "this text has a space at its end", "take it out", (edit,))
