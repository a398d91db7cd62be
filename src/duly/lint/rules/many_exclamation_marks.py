"""Texts with more than one exclamation mark in a row."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span


@lint(Severity.ADVICE, Group.MESSAGES, each=Wording, fixable=True)
def many_exclamation_marks(wording: Wording, world: World, report: Report) -> None:
    """
    A text has several exclamation or question marks in a row.

    One is enough, and mail filters count them.

    Avoid:
        when Product Sale where user saved product, max 1/day, send "Your saved product is on sale!!!"

    Prefer:
        when Product Sale where user saved product, max 1/day, send "Your saved product is on sale!"
    """
    if wording.kind == "link" or not _RUN.search(wording.plain):
        return
    start = wording.template.span.start + 1
    for found in _RUN.finditer(wording.written):
        span = Span(start + found.start(), start + found.end())
        report(wording.source, span, "one of these marks is enough", "write it once", (Edit(span, found.group(1)),))


_RUN = re.compile(r"([!?])\1+")
