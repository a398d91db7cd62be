"""The text of a rule file and the places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_LINE_BREAK = re.compile("\n")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters `[start, end)` of one source."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.start, max(self.end, other.end))


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Position:
    """A place as people count: line and column start at 1, columns are characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A named text. `name` is what messages show, usually the path of the file."""

    name: str
    text: str
    _starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]
        object.__setattr__(self, "_starts", starts)

    def position(self, offset: int) -> Position:
        """The line and column of a character offset; an offset past the end means the end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line break."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def offset(self, position: Position) -> int:
        """The character offset of a line and column, kept inside the text."""
        line = min(max(position.line, 1), len(self._starts))
        return min(self._starts[line - 1] + position.column - 1, len(self.text))

    def location(self, span: Span) -> str:
        """`file:line:column` of where a span starts."""
        place = self.position(span.start)
        return f"{self.name}:{place.line}:{place.column}"
