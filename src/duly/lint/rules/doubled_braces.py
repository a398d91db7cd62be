"""Slots as other systems write them."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def doubled_braces(wording: Wording, world: World, report: Report) -> None:
    """
    A text has a name in double braces, which are shown as braces.

    Other systems write slots like that. Here a slot has single braces.

    Avoid:
        when Product Sale where user saved product, max 1/day, send "{{product.name}} is on sale"

    Prefer:
        when Product Sale where user saved product, max 1/day, send "{product.name or 'It'} is on sale"
    """
    if "{" in wording.plain:
        found = _DOUBLED.search(wording.written)
        if found is not None:
            start = wording.template.span.start + 1
            name = found.group(1)
            span = Span(start + found.start(), start + found.end())
            report(wording.source, span, f"this shows the words `{{{name}}}`", f"write `{{{name}}}` with single braces")


_DOUBLED = re.compile(r"\{\{ ?([A-Za-z_][\w.]*) ?\}\}")
