"""The text of a file, with its places as editors count them: lines from 0, columns in the units of the editor."""

from __future__ import annotations

import re
from bisect import bisect_right

from lsprotocol import types
from pygls.workspace import PositionCodec, ServerTextPosition

from duly.source import Span

_BREAK = re.compile(r"\r\n|\n|\r")


class Text:
    """A text and where its lines start. Positions outside of it count as the nearest place inside."""

    __slots__ = ("codec", "starts", "text")

    def __init__(self, text: str, codec: PositionCodec) -> None:
        self.text = text
        self.codec = codec
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def line_of(self, offset: int) -> int:
        """The number of the line that holds an offset."""
        return bisect_right(self.starts, offset) - 1

    def line(self, number: int) -> str:
        """A line without its break."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[number] : end].rstrip("\r\n")

    def offset(self, position: types.Position) -> int:
        """The character offset of a position."""
        if position.line >= len(self.starts):
            return len(self.text)
        line = self.line(position.line)
        character = min(position.character, self.codec.client_num_units(line))
        place = self.codec.position_from_client_units([line], types.Position(0, character))
        return self.starts[position.line] + place.character

    def position(self, offset: int) -> types.Position:
        """The position of a character offset."""
        offset = min(max(offset, 0), len(self.text))
        number = self.line_of(offset)
        place = ServerTextPosition(0, offset - self.starts[number])
        units = self.codec.position_to_client_units([self.line(number)], place)
        return types.Position(number, units.character)

    def range(self, span: Span) -> types.Range:
        """The range of a span."""
        return types.Range(self.position(span.start), self.position(span.end))

    def span(self, range: types.Range) -> Span:
        """The span of a range."""
        return Span(self.offset(range.start), self.offset(range.end))

    def changed(self, change: types.TextDocumentContentChangeEvent) -> Text:
        """The text after an edit of the editor."""
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            return Text(change.text, self.codec)
        span = self.span(change.range)
        return Text(self.text[: span.start] + change.text + self.text[max(span.start, span.end) :], self.codec)
