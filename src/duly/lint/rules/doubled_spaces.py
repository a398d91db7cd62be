"""Texts with several spaces in a row."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span


@lint(Severity.WARNING, Group.MESSAGES, each=Wording, fixable=True)
def doubled_spaces(wording: Wording, world: World, report: Report) -> None:
    """
    A text has several spaces in a row.

    They come from an edit, and are shown as they are.

    Avoid:
        when Product Sale where user saved product, max 1/day, send "Your saved  product is on sale"

    Prefer:
        when Product Sale where user saved product, max 1/day, send "Your saved product is on sale"
    """
    if "  " not in wording.plain:
        return
    start = wording.template.span.start + 1
    for found in _SPACES.finditer(wording.written):
        span = Span(start + found.start(), start + found.end())
        report(wording.source, span, "there are several spaces here", "write one", (Edit(span, " "),))


_SPACES = re.compile("  +")
