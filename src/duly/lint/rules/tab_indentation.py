"""Lines that are indented with tabs."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed, fixable=True)
def tab_indentation(file: Parsed, world: World, report: Report) -> None:
    """
    A line is indented with tabs.

    How far that is differs from screen to screen.

    Avoid:
        when Product Sale where user saved product
        \tmax 1/day

    Prefer:
        when Product Sale where user saved product
          max 1/day
    """  # noqa: D301
    for found in _TABS.finditer(file.source.text) if "\t" in file.source.text else ():
        span = Span(found.start(), found.end())
        edits = (Edit(span, found.group().replace("\t", "  ")),)
        report(file.source, span, "this line is indented with a tab", "use two spaces", edits)


_TABS = re.compile(r"^ *\t[ \t]*", re.MULTILINE)
