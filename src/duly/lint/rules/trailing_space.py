"""Spaces at the ends of lines."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed, fixable=True)
def trailing_space(file: Parsed, world: World, report: Report) -> None:
    """
    A line ends with spaces or tabs.

    They are invisible, and show up in every review.

    Avoid:
        when Product Sale where user saved product, max 1/day\x20\x20

    Prefer:
        when Product Sale where user saved product, max 1/day
    """  # noqa: D301
    text = file.source.text
    for found in _TRAILING.finditer(text) if " \n" in text or "\t\n" in text or text[-1:] in " \t" else ():
        span = Span(found.start(), found.end())
        report(file.source, span, "there is a space at the end of this line", "take it out", (Edit(span, ""),))


_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
