"""Sets of texts: where they lie in the order of texts, what they contain, and which dates they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from duly.conditions.iso import date_of, instant_of
from duly.conditions.text import searcher
from duly.lint.logic.ranges import (
    DAYS,
    TEXTS,
    Ranges,
    common_prefix,
    has_text,
    meet,
    single_texts,
)

TextCheck = tuple[str, str, bool]
"""`contains`, `ends with` or `matches`, what is looked for, and whether it is there."""


class Utc:
    """The zone in which invented users live."""

    def wall(self, instant: int) -> int:
        """The wall clock shows UTC."""
        return instant


@dataclass(frozen=True, slots=True)
class Days:
    """Texts by the date they name: those of some days (ordinals), and, with `others`, those that name none."""

    days: Ranges
    others: bool

    def meet(self, other: Days | None) -> Days:
        """The texts in both."""
        return self if other is None else Days(meet(self.days, other.days), self.others and other.others)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts in some ranges that pass all tests and name one of the days."""

    ranges: Ranges = TEXTS.full
    tests: frozenset[TextCheck] = frozenset()
    days: Days | None = None

    def meet(self, other: Texts) -> Texts:
        """The texts in both."""
        days = self.days if other.days is None else other.days.meet(self.days)
        return Texts(meet(self.ranges, other.ranges), self.tests | other.tests, days)

    @property
    def empty(self) -> bool:
        """Whether there is certainly no such text; tests that only a search could reconcile count as reconcilable."""
        if not self.ranges:
            return True
        if not self.tests and self.days is None:
            return False
        if self.days is not None and not self.days.days and not self.days.others:
            return True
        texts = single_texts(self.ranges)
        if texts is not None:
            return not any(self._may_have(text) for text in texts)
        return any(self._refuted(check) for check in self.tests)

    def has(self, text: str) -> bool:
        """Whether a text is one of them, for a user in UTC."""
        return self._passes(text) and self._dated(text)

    def _may_have(self, text: str) -> bool:
        """Whether a text is one of them for a user in some zone: an instant has another date elsewhere."""
        return self._passes(text) and (self._dated(text) or instant_of(text) is not None)

    def _passes(self, text: str) -> bool:
        return has_text(self.ranges, text) and all(passes(check, text) for check in self.tests)

    def _dated(self, text: str) -> bool:
        if self.days is None:
            return True
        day = date_of(text, Utc())
        return self.days.others if day is None else bool(meet(self.days.days, DAYS.points([day])))

    def _refuted(self, check: TextCheck) -> bool:
        """Whether a test contradicts another one, or what all the texts start with."""
        kind, part, wanted = check
        prefix = common_prefix(self.ranges)
        if not wanted:
            return (kind == "contains" and part in prefix) or any(_follows(check, other) for other in self.tests)
        return kind == "ends with" and any(
            other[0] == "ends with" and other[2] and not (part.endswith(other[1]) or other[1].endswith(part))
            for other in self.tests
        )

    def some(self) -> str | None:
        """One of the texts, None when none was found."""
        return next((text for text in self._candidates() if self.has(text)), None)

    def _candidates(self) -> Iterator[str]:
        parts = {
            kind: [part for test, part, wanted in sorted(self.tests) if wanted and test == kind] for kind in _KINDS
        }
        prefix = common_prefix(self.ranges)
        suffix = max(parts["ends with"], key=len, default="")
        literal = "".join(pattern.strip("^$") for pattern in parts["matches"])
        if self.days is not None:
            yield from _dates(self.days.days)
        if self.tests:
            yield prefix + literal + "".join(parts["contains"]) + suffix
            yield from (prefix, suffix, literal, *parts["contains"])
        for low, _ in self.ranges:
            yield from (low[1],) if low[1] else ()
        yield from _WORDS
        for low, _ in self.ranges:
            yield from (low[1] + "a", low[1] + " " + suffix, low[1])


_KINDS = ("contains", "ends with", "matches")
_WORDS = ("a", "b", "c", "z", "A", "1", "another", "zz", "")


def passes(check: TextCheck, text: str) -> bool:
    """Whether a text passes one test."""
    kind, part, wanted = check
    if kind == "matches":
        return _matches(part, text) is wanted
    return (part in text if kind == "contains" else text.endswith(part)) is wanted


def _matches(pattern: str, text: str) -> bool:
    try:
        return searcher(pattern)(text) is not None
    except UnicodeEncodeError:
        return False


def _follows(refused: TextCheck, other: TextCheck) -> bool:
    """Whether what one test refuses is in every text that passes the other one."""
    kind, part, _ = refused
    other_kind, other_part, wanted = other
    if not wanted:
        return False
    if kind == "contains":
        return other_kind in ("contains", "ends with") and part in other_part
    if kind == "ends with":
        return other_kind == "ends with" and other_part.endswith(part)
    return other_kind == "matches" and part == other_part


def _dates(days: Ranges) -> Iterator[str]:
    for low, high in days:
        yield date.fromordinal(low[1]).isoformat()
        yield date.fromordinal(high[1] - 1).isoformat()
