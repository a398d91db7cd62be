"""
Mistakes that people make, each with an example, what to say about it and how to write it instead.

An entry fits an unexpected place when `before` matches the end of what could be read, `found` what follows it, and
`needs`, if given, is a terminal that could have followed. The first that fits speaks. Groups of both patterns can be
named in the texts; a group `mark` in `before` says where the mistake starts. `fix` is what to write in its stead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# The words that start a clause.
CLAUSE = (
    r"(?:where|at|between|on|max|or\s+wait|priority|expires|unless|send|variant|holdout|goal|was|after|if\s+passed"
    r"|in\s+category|by|from)\b"
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One row of the table. Its example must lead to it, which a test sees to."""

    code: str
    example: str
    message: str
    hint: str
    before: str = ""
    found: str = ""
    needs: str = ""
    fix: str | None = None

    def fit(self, before: str, after: str, expected: frozenset[str]) -> Fit | None:
        """How it fits, if it does."""
        if self.needs and self.needs not in expected:
            return None
        found = re.match(self.found, after)
        ending = re.search(f"(?:{self.before})\\s*\\Z", before) if found else None
        if found is None or ending is None:
            return None
        mark = ending.start("mark") - len(before) if "mark" in ending.groupdict() else 0
        return Fit(self, ending.groupdict() | found.groupdict(), mark, len(found[0].rstrip()))


@dataclass(frozen=True, slots=True)
class Fit:
    """A mistake found: `start` and `end` are relative to the unexpected place."""

    mistake: Mistake
    words: dict[str, str | None]
    start: int
    end: int

    def say(self, text: str) -> str:
        """A text of the table with the words of this place."""
        known = {name: _brief(word or "") for name, word in self.words.items()}
        return text.format_map(known | _derived(known))


_ROLLING = {"hour": "60 minutes", "day": "24 hours", "week": "7 days", "month": "30 days"}
_NAMED_TIMES = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
_LONGEST = 60
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def _derived(words: dict[str, str]) -> dict[str, str]:
    """What can be made of the words found, such as a unit as a rolling period or a time on the wall clock."""
    return {
        "rolling": _ROLLING.get(words.get("unit", ""), ""),
        "clock": _clock(words),
        "lower_word": words.get("upper", "").lower(),
        "capital": words.get("day", "").capitalize(),
        "event": " ".join(word.capitalize() for word in re.split(r"[\s_]+", words.get("lower", "").strip())),
        "plain": _NOT_IN_NAMES.sub("_", (words.get("name", "") + words.get("tail", "")).lower()).strip("_") or "name",
    }


def _brief(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _clock(words: dict[str, str]) -> str:
    if words.get("word") in _NAMED_TIMES:
        return _NAMED_TIMES[words["word"]]
    hour, _, minute = words.get("time", "").partition(":")
    if not hour.isdigit():
        return ""
    half = words.get("half", "")
    twelve = int(hour) % 12 + (12 if half[:1] == "p" else 0)
    return f"{twelve if half else int(hour):02}:{minute or words.get('minutes') or '00'}"
