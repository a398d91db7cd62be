"""
Rule files in the one layout.

White space is all that changes. A statement written on one line stays on it while it fits in 100 columns; otherwise
its first line stands alone and every line of clauses below is indented by two spaces, the clauses grouped as written
while a line fits, and one to a line where it does not. Comments stay at their places, two spaces behind what they
follow. Blank lines stay, but never more than one.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from duly.source import Source
from duly.syntax.breaks import Break, breaks
from duly.syntax.parse import Parsed, parse
from duly.syntax.scan import Comment, scan, statements
from duly.syntax.spacing import Spacing, Token, spacing, tokens_of

WIDTH = 100
_INDENT = "  "


class NotTheSame(AssertionError):
    """A layout that would have changed more than white space: a fault of the formatter, found before it did harm."""


def format_source(parsed: Parsed) -> str:
    """
    The file in the one layout.

    Raises `ValueError` for a file with syntax errors, and `NotTheSame` rather than change what it says.
    """
    if parsed.diagnostics:
        raise ValueError("a file with syntax errors cannot be laid out")
    text = parsed.source.text
    page = _Page(text, [], 0)
    stretches = statements(text)
    for comment in scan(text, *next(stretches), len(text)).comments:
        page.comment(comment, "")
    for node, (start, end) in zip(parsed.statements, stretches, strict=True):
        found = scan(text, start, end, len(text))
        tokens = tokens_of(text, found)
        statement = _Statement(page, tokens, spacing(node, text), breaks(node, tokens))
        statement.place(found.comments)
        statement.write()
    after = page.text()
    check_format(parsed, after)
    return after


def check_format(before: Parsed, after: str) -> None:
    """Raises `NotTheSame` unless the text has the same tokens, comments and nodes."""
    again = parse(Source(before.source.name, after))
    if [c.text for c in before.comments] != [c.text for c in again.comments]:
        raise NotTheSame("comments differ")
    if _words(before.source.text) != _words(after):
        raise NotTheSame("tokens differ")
    if before.statements != again.statements or again.diagnostics:
        raise NotTheSame("statements differ")


def _words(text: str) -> list[str]:
    return [token.text for token in tokens_of(text, scan(text, 0, len(text), len(text)))]


@dataclass(slots=True)
class _Page:
    """The lines so far, and where in the old text the last of them ended."""

    source: str
    lines: list[str]
    last: int

    def line(self, line: str, start: int, end: int) -> None:
        """Add a line that holds the old text from `start` to `end`, a blank one before it if there was one."""
        if self.lines and self.source.count("\n", self.last, start) > 1:
            self.lines.append("")
        self.lines.append(line)
        self.last = end

    def comment(self, comment: Comment, indent: str) -> None:
        """Add a comment on a line of its own."""
        self.line(indent + comment.text, comment.span.start, comment.span.end)

    def trailing(self, comment: Comment) -> None:
        """Put a comment behind the last line."""
        self.lines[-1] += f"{_INDENT}{comment.text}"
        self.last = comment.span.end

    def text(self) -> str:
        """All of it, with a line break at the end."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(slots=True)
class _Statement:
    """One statement being laid out. `own` and `trailing` are comments by the number of the token that follows them."""

    page: _Page
    tokens: list[Token]
    spaces: Spacing
    breaks: dict[int, Break]
    own: dict[int, list[Comment]] = field(default_factory=dict)
    trailing: dict[int, list[Comment]] = field(default_factory=dict)

    def place(self, comments: list[Comment]) -> None:
        """Sort comments into those on lines of their own and those behind a token."""
        starts = [token.start for token in self.tokens]
        for comment in comments:
            following = bisect_right(starts, comment.span.start)
            between = self.page.source[self.tokens[following - 1].end : comment.span.start]
            (self.own if "\n" in between else self.trailing).setdefault(following, []).append(comment)

    def write(self) -> None:
        """Add its lines and comments to the page."""
        starts = self._line_starts()
        for number, (first, indent) in enumerate(starts):
            end = starts[number + 1][0] if number + 1 < len(starts) else len(self.tokens)
            for comment in self.own.get(first, ()):
                self.page.comment(comment, _INDENT)
            self.page.line(indent + self._joined(first, end), self.tokens[first].start, self.tokens[end - 1].end)
            for comment in self.trailing.get(end, ()):
                self.page.trailing(comment)
        for comment in self.own.get(len(self.tokens), ()):
            own_column = comment.span.start - self.page.source.rfind("\n", 0, comment.span.start) - 1
            self.page.comment(comment, _INDENT if own_column else "")

    def _line_starts(self) -> list[tuple[int, str]]:
        """The numbers of the tokens that start lines, and how far those are indented."""
        forced = (self.own.keys() | self.trailing.keys()) - {len(self.tokens)}
        chosen = {number for number, each in self.breaks.items() if each.always or self._broken_before(number)}
        clauses = {number for number, each in self.breaks.items() if each.clause}
        if not chosen & clauses and self._width(0, len(self.tokens)) > WIDTH:
            chosen |= clauses
        chosen = {number for number in chosen if number in clauses} | forced
        chosen |= self._divided(chosen, clauses)
        chosen |= self._divided(chosen, set(self.breaks))
        return [(0, ""), *((number, _INDENT if number in clauses else 2 * _INDENT) for number in sorted(chosen))]

    def _divided(self, chosen: set[int], possible: set[int]) -> set[int]:
        """The possible breaks inside those lines that are too long."""
        edges = [0, *sorted(chosen), len(self.tokens)]
        return {
            number
            for first, end in pairwise(edges)
            if self._width(first, end) + bool(first) * len(_INDENT) > WIDTH
            for number in possible
            if first < number < end
        }

    def _broken_before(self, number: int) -> bool:
        return "\n" in self.page.source[self.tokens[number - 1].end : self.tokens[number].start]

    def _width(self, first: int, end: int) -> int:
        return len(self._joined(first, end))

    def _joined(self, first: int, end: int) -> str:
        line = [self.tokens[first].text] if first < end else []
        for before, token in zip(self.tokens[first : end - 1], self.tokens[first + 1 : end], strict=True):
            line += [self.spaces.between(before, token), token.text]
        return "".join(line)
