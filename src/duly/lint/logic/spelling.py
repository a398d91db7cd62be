"""How conditions are spelled: their text, the parentheses around them, and edits that keep them whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from duly.diagnostics import Edit
from duly.source import Source, Span


class Placed(Protocol):
    """Whatever stands somewhere in a file."""

    @property
    def span(self) -> Span:
        """Where it stands."""


def spelled(source: Source, span: Span, limit: int = 60) -> str:
    """What is written there on one line, in backticks and shortened."""
    text = " ".join(source.text[span.start : span.end].split())
    return f"`{text if len(text) <= limit else text[: limit - 1] + '…'}`"


def raw(source: Source, part: Placed) -> str:
    """Exactly what is written there."""
    return source.text[part.span.start : part.span.end]


def layers(source: Source, span: Span) -> list[Span]:
    """The span with each pair of parentheses around it, the innermost first."""
    text = source.text
    found: list[Span] = []
    start, end = span.start, span.end
    while True:
        while start and text[start - 1].isspace():
            start -= 1
        while end < len(text) and text[end].isspace():
            end += 1
        if not (start and end < len(text) and text[start - 1] == "(" and text[end] == ")"):
            return found
        start, end = start - 1, end + 1
        found.append(Span(start, end))


def outer(source: Source, part: Placed) -> Span:
    """The span with all parentheses around it."""
    around = layers(source, part.span)
    return around[-1] if around else part.span


def replaced(source: Source, span: Span, text: str) -> tuple[Edit, ...]:
    """The edit that puts a text there; none where a comment would go with what was there."""
    return () if "#" in source.text[span.start : span.end] else (Edit(span, text),)


def dropped(source: Source, terms: Sequence[Placed], index: int) -> tuple[Edit, ...]:
    """The edit that takes one term out of an `and`, an `or` or a list, with the word or comma beside it."""
    spans = [outer(source, term) for term in terms]
    span = Span(spans[index - 1].end, spans[index].end) if index else Span(spans[0].start, spans[1].start)
    return replaced(source, span, "")
