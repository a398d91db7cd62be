"""Reads pieces of the language, and says what is wrong with them the way a golden file does."""

from __future__ import annotations

from duly.diagnostics import Diagnostic
from duly.source import Source
from duly.syntax.parse import Parsed, parse


def read(text: str, name: str = "rules.duly") -> Parsed:
    return parse(Source(name, text))


def read_one(text: str) -> object:
    """The only statement of a text without problems."""
    parsed = read(text)
    assert not parsed.diagnostics, report(parsed)
    (statement,) = parsed.statements
    return statement


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in read(text).diagnostics]


def report(parsed: Parsed) -> str:
    """Every finding: where, what, the line with what is meant underlined, the hint and the fix."""
    return "".join(_finding(diagnostic) for diagnostic in parsed.diagnostics)


def _finding(diagnostic: Diagnostic) -> str:
    source, span = diagnostic.source, diagnostic.span
    place = source.position(span.start)
    line = source.line(place.line)
    end = min(span.end, span.start + len(line) - place.column + 1)
    lines = [
        f"{place.line}:{place.column} {diagnostic.code}: {diagnostic.message}",
        f"  {line}",
        "  " + " " * (place.column - 1) + "^" * max(1, end - span.start),
    ]
    if diagnostic.hint:
        lines.append(f"  hint: {diagnostic.hint}")
    lines += [f"  fix: {edit.text!r}" for edit in diagnostic.edits]
    return "\n".join(lines) + "\n"
