"""Texts that were to be written later."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def placeholder_text(wording: Wording, world: World, report: Report) -> None:
    """
    A text looks as if it was to be replaced before anybody sees it.

    Words such as `TODO`, `lorem ipsum`, `test test` and `example.com` are looked for.

    Avoid:
        when Product Viewed, max 1/day, send "TODO nice text"

    Prefer:
        when Product Viewed, max 1/day, send "Still thinking about it?"
    """
    found = _PLACEHOLDER.search(wording.plain)
    if found is not None:
        report(wording.source, wording.template.span, f"`{found.group()}` looks unfinished", "write the text")


_PLACEHOLDER = re.compile(r"\b(?:TODO|FIXME|TBD|XXX+|(?i:lorem ipsum|asdf+|foo bar|test test|example\.com))\b")
