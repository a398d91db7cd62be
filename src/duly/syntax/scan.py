"""
The text of a file cut into statements, and statements into tokens: one pass of one regular expression.

The tokens are finer and blunter than those of the grammar (`or wait` is two, a name is a name wherever it stands). They
are what limits are counted in, what the formatter moves, and what tells that two statements have the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from duly.source import Source, Span
from duly.syntax.grammar import keywords

_CAPITALISED = "[A-Z][A-Za-z0-9_]*(?:[-'][A-Za-z0-9_]+)*"
# The name of a kind is its letter in a shape. The first alternative that fits wins. Every pattern is that of a terminal
# of the grammar, divided further where terminals overlap: a word in lower case may be a name or a property, `Total` an
# event or a property, `Product Sale` only an event.
_TOKENS = rf"""
  (?P<loose>matches(?!\ /)\s+/(?:[^/\\\n]|\\[^\n])+/)
 |(?P<w>[a-z][a-z0-9_]*+(?![\w.]))
 |(?P<sign>[<>!]=|[=<>](?![=<>~])|[,:()+*]|/(?<!matches\ /)|-(?![0-9])(?<![a-z]-))
 |(?P<n>[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?(?![\w.%:]|-[0-9]+-[0-9]))
 |(?P<V>[A-Z][A-Za-z0-9_]*+(?![\w.'-])(?![ \t]+(?:(?:to|from|of)[ \t]+)?[A-Z]))
 |(?P<E>{_CAPITALISED}(?:[ \t]+(?:(?:to|from|of)[ \t]+)?{_CAPITALISED})*(?![\w.]))
 |(?P<T>"(?:[^"\\\n]|\\[^\n])*")
 |(?P<P>[A-Za-z_]\w*(?:\.(?:[A-Za-z_]\w*|"(?:[^"\\\n]|\\[^\n])+"))+(?![\w.]))
 |(?P<t>[0-9]{{1,2}}:[0-9]{{2}}(?![\w:]))
 |(?P<q>[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?%(?![\w%]))
 |(?P<comment>\#[^\n]*)
 |(?P<c>[A-Za-z_]\w*(?![\w.]))
 |(?P<i>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[ \t]+[0-9]{{1,2}}:[0-9]{{2}}(?![\w:]))
 |(?P<d>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?![\w:-]))
 |(?P<o>[0-9]{{1,2}}(?:st|nd|rd|th)\b)
 |(?P<m>-(?=[0-9]))
 |(?P<k>-(?=[a-z]))
 |(?P<s>-)
 |(?P<R>/(?:[^/\\\n]|\\[^\n])+/)
 |(?P<wrong>["/][^\n]*|\w+|[^\s])
"""
_SCAN = re.compile(_TOKENS, re.VERBOSE)
_KINDS = ["", *_SCAN.groupindex]
_WORDS = frozenset({_SCAN.groupindex["w"], _SCAN.groupindex["V"]})
_SIGN = _SCAN.groupindex["sign"]
_COMMENT = _SCAN.groupindex["comment"]
_UNSHAPED = frozenset({_SCAN.groupindex["wrong"], _SCAN.groupindex["loose"]})
_STATEMENT = re.compile(r"^(?=[^\s#])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Comment:
    """`# …` to the end of its line."""

    text: str
    span: Span


@dataclass(slots=True)
class Scan:
    """
    The tokens of one stretch of text: where they start and end, and their shape, one character for each.

    Stretches of equal shape parse alike, whatever names and values they hold. There is no shape (`None`) when something
    has no place in the language. `complete` is false when there are more tokens than were asked for.
    """

    starts: list[int]
    ends: list[int]
    shape: str | None
    comments: list[Comment]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """A statement's part of its file, `[start, end)`, and its tokens."""

    source: Source
    start: int
    end: int
    tokens: Scan


@cache
def letters() -> dict[str, str]:
    """The character that stands for each keyword in a shape, from U+0100."""
    return {word: chr(0x100 + number) for number, word in enumerate(sorted(keywords()))}


def scan(text: str, start: int, end: int, most: int) -> Scan:
    """The tokens of `text[start:end]`; not many more than `most` of them."""
    found = _matches(text, start, end, most)
    comments = [Comment(match[0].rstrip(), Span(*match.span())) for match in found if match.lastindex == _COMMENT]
    if comments:
        found = [match for match in found if match.lastindex != _COMMENT]
    complete = len(found) <= most
    shape = _shape(found) if complete else None
    return Scan([match.start() for match in found], [match.end() for match in found], shape, comments, complete)


def _matches(text: str, start: int, end: int, most: int) -> list[re.Match[str]]:
    if end - start <= most:
        return list(_SCAN.finditer(text, start, end))
    kept: list[re.Match[str]] = []
    tokens = 0
    for match in _SCAN.finditer(text, start, end):
        kept.append(match)
        tokens += match.lastindex != _COMMENT
        if tokens > most:
            break
    return kept


def _shape(found: list[re.Match[str]]) -> str | None:
    known = letters()
    shape = []
    for match in found:
        index = match.lastindex or 0
        if index in _WORDS:
            shape.append(known.get(match[0]) or _KINDS[index])
        elif index == _SIGN:
            shape.append(_SIGNS.get(match[0]) or match[0])
        elif index in _UNSHAPED:
            return None
        else:
            shape.append(_KINDS[index])
    return "".join(shape)


# Signs of two characters, as one.
_SIGNS = {"!=": "≠", "<=": "≤", ">=": "≥"}


def statements(text: str) -> Iterator[tuple[int, int]]:
    """The stretches that start in the first column; the first one is what stands before them all, perhaps nothing."""
    before = 0
    for found in _STATEMENT.finditer(text):
        yield before, found.start()
        before = found.start()
    yield before, len(text)
