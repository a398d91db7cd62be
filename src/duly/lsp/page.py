"""A rule file in the editor, cut into statements, so that one edit costs the work for one statement."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from duly.diagnostics import Diagnostic, Edit
from duly.lsp.occurrences import Occurrence, occurrences
from duly.lsp.text import Text
from duly.source import Source, Span
from duly.syntax import nodes
from duly.syntax.limits import LIMITS, oversize
from duly.syntax.parse import Parsed, parse
from duly.syntax.scan import Scan, scan, statements


class Piece:
    """A statement with what follows it up to the next one, as a source of its own: offsets count from its start."""

    def __init__(self, name: str, text: str) -> None:
        self.text = text
        self.source = Source(name, text)

    @cached_property
    def parsed(self) -> Parsed:
        """The piece as written, and what is wrong with its text."""
        return parse(self.source)

    @property
    def statement(self) -> nodes.Statement | None:
        """The statement, None when it has a problem or is none."""
        return next(iter(self.parsed.statements), None)

    @cached_property
    def occurrences(self) -> list[Occurrence]:
        """The names in it, in order."""
        statement = self.statement
        return [] if statement is None else sorted(occurrences(statement), key=lambda each: each.span)

    @cached_property
    def tokens(self) -> Scan:
        """Its words and signs."""
        return scan(self.text, 0, len(self.text), LIMITS.tokens)

    @property
    def end(self) -> int:
        """Where its last word or comment ends."""
        return len(self.text.rstrip())


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece and where it starts in its page."""

    start: int
    piece: Piece

    def span(self, span: Span) -> Span:
        """A span of the piece as one of the page."""
        return Span(span.start + self.start, span.end + self.start)


@dataclass(slots=True)
class Page:
    """
    One file: its text, its pieces in order, and what the last look at the whole rule set found in them.

    `found` has those findings by the text of their piece and, as texts can repeat, by how many equal ones are before
    it; so they stay where they belong while other pieces change. `version` is the editor's, None for a file that is
    not open.
    """

    name: str
    text: Text
    version: int | None = None
    starts: list[int] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    found: dict[tuple[str, int], list[Diagnostic]] = field(default_factory=dict)
    outcomes: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cut()

    @property
    def source(self) -> Source:
        """The whole file."""
        return Source(self.name, self.text.text)

    def update(self, text: Text, version: int | None) -> None:
        """Take a new text; pieces that did not change are kept."""
        self.text, self.version = text, version
        self.outcomes = []
        self._cut()

    def _cut(self) -> None:
        text = self.text.text
        known = {piece.text: piece for piece in self.pieces}
        stretches = [] if oversize(self.source, LIMITS) else [each for each in statements(text) if each[0] < each[1]]
        self.starts = [start for start, _ in stretches]
        self.pieces = [known.get(part) or Piece(self.name, part) for part in (text[a:b] for a, b in stretches)]

    def placed(self) -> Iterator[Placed]:
        """Its pieces with their places."""
        for start, piece in zip(self.starts, self.pieces, strict=True):
            yield Placed(start, piece)

    def at(self, offset: int) -> Placed | None:
        """The piece that holds an offset."""
        number = bisect_right(self.starts, offset) - 1
        return Placed(self.starts[number], self.pieces[number]) if number >= 0 else None

    def within(self, span: Span) -> Iterator[Placed]:
        """The pieces that a span touches."""
        first = max(0, bisect_right(self.starts, span.start) - 1)
        last = max(first + 1, bisect_right(self.starts, max(span.start, span.end - 1)))
        for start, piece in zip(self.starts[first:last], self.pieces[first:last], strict=True):
            yield Placed(start, piece)

    # --- findings -----------------------------------------------------------------------------------------------------

    def learn(self, text: str, diagnostics: Iterable[Diagnostic]) -> None:
        """Take in what was found in `text`, which this page held when the look began."""
        stretches = [each for each in statements(text) if each[0] < each[1]]
        starts = [start for start, _ in stretches]
        keys = list(_keys(text[start:end] for start, end in stretches))
        found: dict[tuple[str, int], list[Diagnostic]] = defaultdict(list)
        for diagnostic in diagnostics:
            number = bisect_right(starts, diagnostic.span.start) - 1
            if number >= 0:
                found[keys[number]].append(_moved(self.source, diagnostic, -starts[number]))
        self.found = dict(found)

    def diagnostics(self) -> list[Diagnostic]:
        """Everything there is to say about it now: of the text as it is, and of the rule set as it was last seen."""
        source = self.source
        too_long = oversize(source, LIMITS)
        if too_long is not None:
            return [too_long]
        listed = list(self.outcomes)
        problems = 0
        for placed, key in zip(self.placed(), _keys(piece.text for piece in self.pieces), strict=True):
            if problems < LIMITS.problems:
                wrong = placed.piece.parsed.diagnostics
                problems += len(wrong)
                listed += [_moved(source, each, placed.start) for each in wrong]
            listed += [_moved(source, each, placed.start) for each in self.found.get(key, ())]
        return listed


def _keys(texts: Iterable[str]) -> Iterator[tuple[str, int]]:
    seen: dict[str, int] = defaultdict(int)
    for text in texts:
        yield text, seen[text]
        seen[text] += 1


def _moved(source: Source, diagnostic: Diagnostic, by: int) -> Diagnostic:
    edits = tuple(Edit(Span(edit.span.start + by, edit.span.end + by), edit.text) for edit in diagnostic.edits)
    span = Span(diagnostic.span.start + by, diagnostic.span.end + by)
    return replace(diagnostic, source=source, span=span, edits=edits)
