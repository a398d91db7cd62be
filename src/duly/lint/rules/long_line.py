"""Lines that no window shows."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed)
def long_line(file: Parsed, world: World, report: Report) -> None:
    """
    A line has more than 120 characters.

    Reviews show the first part of it. Clauses may stand on lines of their own, indented.

    Avoid:
        when Product Sale where user saved product, at 18:00 local, max 1/day, max 1 per 7 days per product, priority 5, expires after 2 days

    Prefer:
        when Product Sale where user saved product
          at 18:00 local
          max 1/day, max 1 per 7 days per product
          priority 5
          expires after 2 days
    """  # noqa: E501
    for found in _LONG.finditer(file.source.text):
        span = Span(found.start(), found.end())
        report(file.source, span, f"this line has {len(found.group())} characters", "begin a new line before a clause")


_LONG = re.compile(r"^[^\n]{121,}$", re.MULTILINE)
