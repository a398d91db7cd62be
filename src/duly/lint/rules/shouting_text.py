"""Texts in capitals."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def shouting_text(wording: Wording, world: World, report: Report) -> None:
    """
    A text is written in capitals.

    It reads as shouting, and mail filters take it for advertising.

    Avoid:
        when Product Sale where user saved product, max 1/day, send "YOUR SAVED PRODUCT IS ON SALE"

    Prefer:
        when Product Sale where user saved product, max 1/day, send "Your saved product is on sale"
    """
    if wording.kind != "link" and _SHOUT.search(wording.plain):
        report(wording.source, wording.template.span, "this text shouts", "write it in lower case")


_SHOUT = re.compile(r"\b[A-Z]{2,}(?:\W+[A-Z]{2,}){2,}\b")
