"""How much a rule file may hold, and the characters it may not: checked before any grammar sees the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from duly.diagnostics import Diagnostic
from duly.source import NOWHERE, Source, Span


@dataclass(frozen=True, slots=True)
class Limits:
    """
    The most of everything: bytes of a file, tokens and characters of a statement, depth of parentheses and arithmetic,
    clauses of a rule, items of a list (also terms of one `and` or `or`), and problems reported for one file.
    """

    file_bytes: int = 1_000_000
    tokens: int = 10_000
    characters: int = 100_000
    nesting: int = 64
    clauses: int = 256
    items: int = 1_000
    problems: int = 100


LIMITS = Limits()

# A lone carriage return can hide text from a terminal, a mark of direction can show it in another order than its own.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)|(?P<direction>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
)


def decode(name: str, data: bytes, limits: Limits = LIMITS) -> Source | Diagnostic:
    """The source in a file's bytes, or why it is none: too long, or not UTF-8. A byte order mark is dropped."""
    if len(data) > limits.file_bytes:
        return _too_long(Source(name, ""), len(data), limits)
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        return _not_utf8(name, data, problem.start)


def _not_utf8(name: str, data: bytes, offset: int) -> Diagnostic:
    readable = Source(name, data.decode("utf-8", errors="replace"))
    start = len(data[:offset].decode("utf-8", errors="replace"))
    message = f"the file is not UTF-8: byte 0x{data[offset]:02x}"
    return Diagnostic(readable, Span(start, start + 1), "not-utf-8", message, "save the file as UTF-8")


def _too_long(source: Source, size: int, limits: Limits) -> Diagnostic:
    message = f"the file has {size:_} bytes, more than the {limits.file_bytes:_} that are read"
    return Diagnostic(source, NOWHERE, "file-too-long", message, "spread the rules over several files")


def oversize(source: Source, limits: Limits) -> Diagnostic | None:
    """A finding if the text is longer than a file may be."""
    size = len(source.text)
    if size <= limits.file_bytes and not source.text.isascii():
        size = len(source.text.encode("utf-8", errors="replace"))
    return _too_long(source, size, limits) if size > limits.file_bytes else None


def forbidden(source: Source) -> Iterator[Diagnostic]:
    """A finding for each control character and mark of direction."""
    for found in _FORBIDDEN.finditer(source.text):
        character = f"U+{ord(found[0]):04X}"
        if found["direction"]:
            code, message = "direction-character", f"the invisible character {character} changes the direction of text"
        else:
            code, message = "control-character", f"the control character {character} cannot stand in a rule file"
        yield Diagnostic(source, Span(*found.span()), code, message, "delete it")
