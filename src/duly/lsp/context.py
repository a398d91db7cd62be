"""What may stand at the cursor: the grammar is asked, after everything before it in the statement has been read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lark import Token
from lark.exceptions import UnexpectedInput

from duly.syntax.grammar import grammar

_LONGEST = 20_000
_MOST_WORDS = 5
_HEAD = re.compile(r'(?:rule\s+[a-z][a-z0-9_]*(?:\s+"[^"\n]*")?|test\s+"[^"\n]*"(?:\s+in\s+"[^"\n]*")?)')
_WORD = re.compile(r"[\w.'-]+[ \t]*\Z|[ \t]+\Z")
_SIGN = re.compile(r"(?:[<>!=/]+|/[a-z]*)\Z")


@dataclass(frozen=True, slots=True)
class Context:
    """
    One way to read what is before the cursor: `written` is the beginning of the word or phrase that is being written,
    `tokens` are those before it, and `expected` the terminals that may follow them.
    """

    written: str
    tokens: tuple[Token, ...]
    expected: frozenset[str]

    def ends(self, *kinds: str) -> bool:
        """Whether the last tokens are of these kinds."""
        return tuple(token.type for token in self.tokens[-len(kinds) :]) == kinds


def contexts(before: str) -> Iterator[Context]:
    """
    The readings of a statement that ends at the cursor: the last word, two words and so on may be the beginning of
    what is being written, for event names and keywords can have several.
    """
    quote = open_quote(before)
    for cut in [quote] if quote is not None else _cuts(before):
        read = _read(before[:cut])
        if read is not None:
            yield Context(before[cut:], *read)


def open_quote(text: str) -> int | None:
    """Where a text begins that is not closed on its line."""
    line = text.rfind("\n") + 1
    inside: int | None = None
    escaped = False
    for offset in range(line, len(text)):
        character = text[offset]
        if inside is None:
            if character == "#":
                return None
            inside = offset if character == '"' else None
        elif escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            inside = None
    return inside


def in_comment(text: str) -> bool:
    """Whether a comment has begun on the last line."""
    line = text[text.rfind("\n") + 1 :]
    return "#" in re.sub(r'"(?:[^"\\]|\\.)*"', "", line) and open_quote(text) is None


def _cuts(before: str) -> Iterator[int]:
    """Where what is being written may begin, the nearest first; never before a line break."""
    sign = _SIGN.search(before)
    if sign is not None:
        yield sign.start()
        return
    cut = len(before)
    if not before or not (before[-1].isalnum() or before[-1] in "_.'-"):
        yield cut
    for _ in range(_MOST_WORDS):
        word = _WORD.search(before, 0, cut)
        if word is None or word.start() == word.end():
            return
        if word[0].strip():
            yield word.start()
        cut = word.start()


def _read(text: str) -> tuple[tuple[Token, ...], frozenset[str]] | None:
    """The tokens of a text and the terminals that may follow; of a broken one what its head and last line tell."""
    head = _HEAD.match(text)
    line = text[text.rfind("\n") + 1 :]
    shorter = f"{head[0]}\n{line}" if head is not None and "\n" in text else None
    for attempt in (text if len(text) <= _LONGEST and not text.startswith("test") else None, shorter, text):
        if attempt is not None and len(attempt) <= _LONGEST:
            try:
                return _tokens(attempt)
            except UnexpectedInput:
                continue
    return None


def _tokens(text: str) -> tuple[tuple[Token, ...], frozenset[str]]:
    parser = grammar().parse_interactive(text)
    tokens = tuple(parser.iter_parse())
    return tokens, frozenset(parser.accepts())  # type: ignore[no-untyped-call]
