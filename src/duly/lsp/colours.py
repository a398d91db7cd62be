"""Semantic tokens: what each word is in its place, which a grammar of colours cannot know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from weakref import WeakKeyDictionary

from lsprotocol import types

from duly.lsp.page import Piece, Placed
from duly.lsp.text import Text
from duly.source import Span
from duly.syntax.grammar import keywords

TYPES = (
    "keyword",
    "comment",
    "string",
    "number",
    "regexp",
    "operator",
    "event",
    "property",
    "function",
    "class",
    "enum",
    "interface",
    "variable",
    "enumMember",
    "type",
    "parameter",
)
MODIFIERS = ("declaration",)
LEGEND = types.SemanticTokensLegend(token_types=list(TYPES), token_modifiers=list(MODIFIERS))

_NUMBER = {name: number for number, name in enumerate(TYPES)}
_NAMES = {
    "rule": "function",
    "former name": "function",
    "segment": "class",
    "category": "enum",
    "relation": "interface",
    "object": "type",
    "event": "event",
    "property": "property",
    "limit": "variable",
    "variant": "enumMember",
    "user": "parameter",
    "channel": "enumMember",
    "reason": "enumMember",
}
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")

# Line and column (in the editor's units) from the start of the piece, length, type, modifiers.
_Cell = tuple[int, int, int, int, int]
_KNOWN: WeakKeyDictionary[Piece, list[_Cell]] = WeakKeyDictionary()


def colours(text: Text, pieces: Iterable[Placed]) -> list[int]:
    """The tokens of pieces of a text, each relative to the one before it."""
    data: list[int] = []
    line = column = 0
    for placed in pieces:
        start = text.line_of(placed.start)
        for down, across, length, kind, modifiers in _cells(text, placed):
            row = start + down
            data += (row - line, across - column if row == line else across, length, kind, modifiers)
            line, column = row, across
    return data


def _cells(text: Text, placed: Placed) -> list[_Cell]:
    """Computed once for each piece: it starts in the first column, so its columns never change."""
    if placed.piece not in _KNOWN:
        inner = Text(placed.piece.text, text.codec)
        _KNOWN[placed.piece] = [
            cell for span, kind, of in _marked(placed.piece) for cell in _cut(inner, span, kind, of)
        ]
    return _KNOWN[placed.piece]


def _cut(text: Text, span: Span, kind: str, modifiers: int) -> Iterator[_Cell]:
    """A token may not cross lines: one that does becomes one for each."""
    for number in range(text.line_of(span.start), text.line_of(max(span.start, span.end - 1)) + 1):
        line_start, line = text.starts[number], text.line(number)
        start, end = max(span.start, line_start), min(span.end, line_start + len(line))
        if start < end:
            across = text.codec.client_num_units(line[: start - line_start])
            length = text.codec.client_num_units(text.text[start:end])
            yield number, across, length, _NUMBER[kind], modifiers


def _marked(piece: Piece) -> Iterable[tuple[Span, str, int]]:
    """The tokens of a piece in order: names as what they are, everything else by its looks."""
    names = {each.span.start: each for each in piece.occurrences}
    marked: list[tuple[Span, str, int]] = []
    passed = 0
    for start, end in zip(piece.tokens.starts, piece.tokens.ends, strict=True):
        if start < passed:
            continue
        occurrence = names.get(start)
        if occurrence is not None:
            marked.append((occurrence.span, _NAMES[occurrence.kind], int(occurrence.declares)))
            passed = occurrence.span.end
        elif (kind := _kind(piece.text[start:end])) is not None:
            marked.append((Span(start, end), kind, 0))
    marked += ((comment.span, "comment", 0) for comment in piece.tokens.comments)
    return sorted(marked)


def _kind(word: str) -> str | None:
    first = word[0]
    if first == '"':
        return "string"
    if first in _DIGITS:
        return "number"
    if first == "/" and len(word) > 1:
        return "regexp"
    if first in _LETTERS:
        return "keyword" if word in _keywords() else "event" if first.isupper() else "property"
    return "operator" if word in _OPERATORS else None


_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"})


@cache
def _keywords() -> frozenset[str]:
    return keywords()
