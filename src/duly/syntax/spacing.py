"""The space between two tokens of a formatted line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from duly.syntax import nodes
from duly.syntax.scan import Scan


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it will be written, and where it stood."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spacing:
    """Which places want no space before or after them, and which want two behind."""

    tight_before: frozenset[int]
    tight_after: frozenset[int]
    wide_after: frozenset[int]

    def between(self, left: Token, right: Token) -> str:
        """What goes between two neighbours on a line."""
        if right.text in (",", ")", ":") or left.text == "(" or right.start in self.tight_before:
            return ""
        if left.start in self.tight_after:
            return ""
        return "  " if left.start in self.wide_after else " "


def tokens_of(text: str, found: Scan) -> list[Token]:
    """The tokens of a scan, with single spaces inside event names and instants."""
    tokens = []
    for start, end in zip(found.starts, found.ends, strict=True):
        written = text[start:end]
        pattern = re.fullmatch(r"(matches)\s+(/.*)", written)
        if pattern:
            tokens.append(Token(pattern[1], start, start + len(pattern[1])))
            tokens.append(Token(pattern[2], start + pattern.start(2), end))
        elif '"' in written or written[0] == "/":
            tokens.append(Token(written, start, end))
        else:
            tokens.append(Token(" ".join(written.split()), start, end))
    return tokens


def spacing(node: nodes.Statement, text: str) -> Spacing:
    """The places in a statement where a slash, a minus or an instant is not simply between two spaces."""
    before: set[int] = set()
    after: set[int] = set()
    wide: set[int] = set()
    for inner in _nodes(node):
        start, end = inner.span.start, inner.span.end
        if isinstance(inner, nodes.CalendarPeriod):
            before.add(start)
            after.add(start)
        elif text[start] == "-" and _is_one_word(inner):
            after.add(start)
        elif isinstance(inner, nodes.Name) and "-" in inner.value and text[start] != '"':
            hyphens = {offset for offset in range(start, end) if text[offset] == "-"}
            before |= hyphens
            after |= hyphens
        elif isinstance(inner, nodes.Step):
            wide.add(start)
    return Spacing(frozenset(before), frozenset(after), frozenset(wide))


def _is_one_word(node: Any) -> bool:
    """Whether a minus stands right before what it negates; a number it would make another number of keeps its space."""
    if isinstance(node, nodes.Negative):
        return not isinstance(node.value, nodes.Number | nodes.Percent | nodes.Duration | nodes.Time | nodes.Date)
    return isinstance(node, nodes.Number | nodes.Percent)


def _nodes(node: Any) -> Iterator[Any]:
    """A node and all the nodes inside it."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, tuple):
            waiting.extend(inner)
        elif is_dataclass(inner) and inner.__class__.__module__ == nodes.__name__:
            yield inner
            waiting.extend(getattr(inner, field.name) for field in fields(inner) if field.name != "span")
