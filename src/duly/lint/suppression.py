"""
Comments that ask for a finding to be ignored: `# duly: ignore[uncapped-rule] until 2027-01-01, legal wants it so`.

At the end of a line such a comment is for that line, on a line of its own for the next one; where that is the first
line of a statement, for the whole statement. In the comments with which a file starts, when a blank line follows them,
it is for the whole file. From the day after `until` on it ignores nothing any more. The errors of the checker cannot be
ignored.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from duly.diagnostics import Diagnostic, Edit
from duly.source import Source, Span
from duly.syntax.parse import Parsed
from duly.syntax.scan import Comment, statements

_MARK = re.compile(r"#\s*duly\s*:\s*")
_IGNORE = re.compile(r"ignore(?![\w-])\s*(?:\[(?P<names>[^\]\n]*)\])?\s*(?:until\s+(?P<until>[^\s,;]+))?(?P<why>.*)")
_NAME = re.compile(r"[^\s,]+")
_BLANK = re.compile(r"\n[ \t\r]*\n")


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a lint rule, as it stands in a comment."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ignore:
    """
    One such comment. `covers` is the part of its file it is for; `until` the last day on which it holds (UTC).

    `flaw` says what keeps it from being understood; it then ignores nothing.
    """

    source: Source
    span: Span
    covers: Span
    names: tuple[Name, ...] = ()
    until: date | None = None
    flaw: str = ""

    def expired(self, today: date) -> bool:
        """Whether its time is over."""
        return self.until is not None and self.until < today

    def holds(self, name: str, found: Diagnostic) -> bool:
        """Whether it is about this finding of the lint rule of that name."""
        if found.code != name or found.source.name != self.source.name:
            return False
        return self._covers(found.span.start) or self._covers(max(found.span.end - 1, found.span.start), last=True)

    def _covers(self, offset: int, *, last: bool = False) -> bool:
        # What ends on the line of the comment, such as a clause of two lines, is meant too.
        if last and "\n" in self.source.text[self.covers.start : self.covers.end].rstrip("\n"):
            return False
        return self.covers.start <= offset < self.covers.end

    def without(self, name: Name) -> Edit:
        """Take one name out of the comment, and the comment with its last name."""
        if len(self.names) > 1:
            return Edit(_with_comma(self.names, name), "")
        text = self.source.text
        line = text.rfind("\n", 0, self.span.start) + 1
        if text[line : self.span.start].strip():
            return Edit(Span(line + len(text[line : self.span.start].rstrip()), self.span.end), "")
        end = text.find("\n", self.span.end)
        return Edit(Span(line, len(text) if end < 0 else end + 1), "")


def _with_comma(names: Sequence[Name], name: Name) -> Span:
    place = names.index(name)
    if place:
        return Span(names[place - 1].span.end, name.span.end)
    return Span(name.span.start, names[1].span.start)


def ignores(file: Parsed) -> list[Ignore]:
    """The comments of a file that ask for something to be ignored, those that fail to included."""
    marked = [(comment, mark) for comment in file.comments if (mark := _MARK.match(comment.text))]
    if not marked:
        return []
    places = _Places(file.source)
    return [_ignore(file.source, comment, mark.end(), places.covered(comment.span)) for comment, mark in marked]


def _ignore(source: Source, comment: Comment, after: int, covers: Span) -> Ignore:
    found = _IGNORE.match(comment.text, after)
    span = Span(comment.span.start, comment.span.start + len(comment.text))
    if found is None:
        return Ignore(source, span, covers, flaw=f"`{_short(comment.text[after:])}` is nothing that duly knows")
    start = comment.span.start + found.start("names")
    listed = _NAME.finditer(found["names"] or "")
    names = tuple(Name(each[0], Span(start + each.start(), start + each.end())) for each in listed)
    until, flaw = None, ""
    if found["until"]:
        try:
            until = date.fromisoformat(found["until"])
        except ValueError:
            flaw = f"`{_short(found['until'])}` is not a date"
    elif found["why"].lstrip().startswith("until"):
        flaw = "`until` has no date"
    return Ignore(source, span, covers, names, until, flaw)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


class _Places:
    """Which part of a file a comment is for."""

    def __init__(self, source: Source) -> None:
        self._text = source.text
        stretches = list(statements(source.text))
        self._head = stretches[0][1]
        self._stretches = [Span(*each) for each in stretches[1:]]
        self._starts = [each.start for each in self._stretches]

    def covered(self, comment: Span) -> Span:
        """The characters that the comment is for."""
        start = self._text.rfind("\n", 0, comment.start) + 1
        if self._text[start : comment.start].strip():
            return self._line_or_statement(start)
        if comment.start < self._head and _BLANK.search(self._text, comment.end - 1, self._head):
            return Span(0, len(self._text) + 1)
        return self._line_or_statement(self._next(comment.end))

    def _next(self, offset: int) -> int:
        """Where the next line that is neither blank nor a comment starts; the end of the text when there is none."""
        while offset < len(self._text):
            offset = self._text.find("\n", offset) + 1 or len(self._text)
            rest = self._text[offset : self._text.find("\n", offset) if "\n" in self._text[offset:] else None].strip()
            if rest and not rest.startswith("#"):
                break
        return offset

    def _line_or_statement(self, start: int) -> Span:
        number = bisect_right(self._starts, start) - 1
        if number >= 0 and self._starts[number] == start:
            return self._stretches[number]
        end = self._text.find("\n", start)
        return Span(start, len(self._text) + 1 if end < 0 else end + 1)


def unignored(found: Iterable[Diagnostic], files: Iterable[Parsed], today: date) -> list[Diagnostic]:
    """The findings that no comment asks to ignore today."""
    by_place: dict[tuple[str, str], list[Ignore]] = {}
    for file in files:
        for ignore in ignores(file):
            if not ignore.flaw and not ignore.expired(today):
                for name in ignore.names:
                    by_place.setdefault((file.source.name, name.text), []).append(ignore)
    return [each for each in found if not _ignored(each, by_place.get((each.source.name, each.code), ()))]


def _ignored(found: Diagnostic, asking: Iterable[Ignore]) -> bool:
    return any(ignore.holds(found.code, found) for ignore in asking)
