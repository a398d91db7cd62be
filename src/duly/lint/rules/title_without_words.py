"""Titles that say nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def title_without_words(wording: Wording, world: World, report: Report) -> None:
    """
    A title has neither a letter nor a slot, only signs or pictures.

    Screen readers read out the names of pictures; watches show squares.

    Avoid:
        when Product Viewed, max 1/day, send title "🔥🔥🔥" body "Prices are down"

    Prefer:
        when Product Viewed, max 1/day, send title "Prices are down" body "Until tonight 🔥"
    """
    if wording.kind == "title" and not wording.plain.isascii():
        words = any(character.isalnum() for character in wording.plain) or len(wording.template.parts) > 1
        if not words and all(isinstance(part, str) for part in wording.template.parts):
            report(wording.source, wording.template.span, "this title has no words", "add some")
