"""Titles that screens cut off."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def title_too_long(wording: Wording, world: World, report: Report) -> None:
    """
    A title has more than 50 characters, slots not counted.

    Lock screens cut it off. Email subjects may have 78.

    Avoid:
        when Order Completed, max 1/day
          send title "Thank you very much for the order that you placed with us" body "Yours"

    Prefer:
        when Order Completed, max 1/day, send title "Thank you for your order" body "It is being packed"
    """
    most = 78 if wording.rule.channel == "email" else 50
    if wording.kind == "title" and len(wording.plain) > most:
        message = f"this title has {len(wording.plain)} characters, and screens show {most}"
        report(wording.source, wording.template.span, message, "say the important thing first, and less")
