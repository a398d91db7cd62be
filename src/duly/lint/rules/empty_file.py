"""Files that say nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.HYGIENE, each=Parsed)
def empty_file(file: Parsed, world: World, report: Report) -> None:
    """
    A file has no statements.

    It may be that everything in it is in comments, or was moved elsewhere.

    Avoid:
        # rules of the shop

    Prefer:
        # rules of the shop
        quiet 22:00 to 08:00 local
    """
    if not file.statements and not file.diagnostics:
        report(file.source, Span(0, 0), "this file says nothing", "take it out")
