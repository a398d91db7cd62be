"""More than one blank line in a row."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed, fixable=True)
def many_blank_lines(file: Parsed, world: World, report: Report) -> None:
    """
    There are several blank lines in a row.

    `duly format` keeps one.

    Avoid:
        timezone "Europe/London"



        quiet 22:00 to 08:00 local

    Prefer:
        timezone "Europe/London"

        quiet 22:00 to 08:00 local
    """
    for found in _BLANK.finditer(file.source.text):
        span = Span(found.start() + 2, found.end())
        report(file.source, span, "there are several blank lines here", "keep one", (Edit(span, ""),))


_BLANK = re.compile(r"\n\n(?:[ \t]*\n)+")
