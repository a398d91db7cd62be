"""Times of day with one digit."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.lines import is_code
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed, fixable=True)
def hour_without_zero(file: Parsed, world: World, report: Report) -> None:
    """
    A time of day is written with a single digit.

    `9:00` may be morning or evening; `09:00` is read as one of twenty-four hours, and lines up with others.

    Avoid:
        when Product Sale where user saved product, at 9:00 local, max 1/day

    Prefer:
        when Product Sale where user saved product, at 09:00 local, max 1/day
    """
    text = file.source.text
    for found in _SINGLE.finditer(text) if any(start in text for start in _STARTS) else ():
        if is_code(file.source, found.start()):
            span = Span(found.start(), found.end())
            edits = (Edit(Span(found.start(), found.start()), "0"),)
            report(file.source, span, "this hour has one digit", f"write `0{found.group()}`", edits)


_STARTS = tuple(f" {digit}:" for digit in range(10))
_SINGLE = re.compile(r"(?<= )\d:[0-5]\d(?![\w:])")
