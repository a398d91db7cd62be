"""The clauses of a statement that does not parse: what it would have declared, and the text without one clause."""

from __future__ import annotations

import re

from duly.source import Span
from duly.syntax.scan import Scan, Stretch

# Words that start a clause wherever they stand, and words that do so only at the start of a line or after a comma.
_STARTS = (
    r"where|max|priority|expires(?:\s+(?:after|at))?|unless|variant|experiment|holdout|goal|was|after|if passed"
    r"|or\s+wait|at|send"
)
_STARTS_LINE = "when|every|in category|by|between|on|not on|from|user|expect|[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLAUSE = re.compile(rf"(?:(?<![\w.])(?:{_STARTS})|(?:(?<=,)|(?<=, )|^)[ \t]*(?:{_STARTS_LINE}))\b", re.MULTILINE)
_DECLARES = re.compile(r"(?:rule|segment|category|relation)\s+([a-z][a-z0-9_]*)")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\[^\n])*(?:"|\\?$)|#[^\n]*', re.MULTILINE)


def declared(text: str, tokens: Scan) -> set[str]:
    """The name that a statement declares, if its first words say so much."""
    found = _DECLARES.match(text, tokens.starts[0]) if tokens.starts else None
    return {found[1]} if found else set()


def without(stretch: Stretch, text: str, place: Span, complete: bool) -> str | None:
    """
    The text with the clause that holds `place` left blank, or `None` if nothing worth parsing would be left.

    A problem at the very start of a clause is one of the clause before, which ended too early. But a line that is wrong
    from its start, while what came before is `complete`, stands for itself.
    """
    starts = _clause_starts(stretch, text)
    held = [number for number, start in enumerate(starts) if start <= place.start]
    if held and complete and not text[text.rfind("\n", 0, place.start) + 1 : place.start].strip(" \t"):
        after = next((start for start in starts if start > place.start), stretch.end)
        return _blank(text, place.start, min(after, _end_of_line(stretch, text, place.start)))
    if held and starts[held[-1]] == place.start and len(held) > 1:
        held.pop()
    if not held or starts[held[-1]] == stretch.start or len(starts) < 2:
        return None
    start = starts[held[-1]]
    end = starts[held[-1] + 1] if held[-1] + 1 < len(starts) else stretch.end
    return _blank(text, start, end)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _end_of_line(stretch: Stretch, text: str, start: int) -> int:
    """Where the line that starts with `start` ends, with the lines below that are indented more."""
    indent = start - text.rfind("\n", 0, start) - 1
    below = re.compile(rf"\n(?![ \t]{{{indent + 1}}}|[ \t]*(?:\n|\Z))").search(text, start, stretch.end)
    return below.start() if below is not None else stretch.end


def _clause_starts(stretch: Stretch, text: str) -> list[int]:
    """Where clauses start, as far as words tell; words in texts and comments do not count."""
    plain = _QUOTED.sub(lambda found: "_" * len(found[0]), text[stretch.start : stretch.end])
    return [stretch.start + found.end() - len(found[0].lstrip()) for found in _CLAUSE.finditer(plain)]
