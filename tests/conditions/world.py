"""A small world for conditions to be true or false in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duly.meaning.model import (
    DAY,
    HOUR,
    Aggregate,
    Comparison,
    Constant,
    EventFilter,
    OptedIn,
    Property,
    Related,
    Type,
)

NOON = 1_714_564_800_000_000
"""2024-05-01 12:00 UTC, a Wednesday."""


@dataclass
class Offset:
    """A zone that never changes its clocks."""

    hours: int = 0

    def wall(self, instant: int) -> int:
        return instant + self.hours * HOUR


@dataclass
class Memory:
    past: Mapping[str, Sequence[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    since: int = 0
    full: bool = False

    def events(self, names):
        return sorted((past for name in names for past in self.past.get(name, ())), key=lambda past: past[0])

    def complete_since(self, names):
        return self.since

    def overflowed(self, names, since):
        return self.full


@dataclass
class World:
    event: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)
    related: dict[str, bool] = field(default_factory=dict)
    consent: dict[str, str] = field(default_factory=dict)
    history: Memory = field(default_factory=Memory)
    now: int = NOON
    zone: Offset = field(default_factory=Offset)
    segments: dict[str, bool | None] = field(default_factory=dict)

    def segment(self, name):
        return self.segments.get(name)


def prop(path: str, type: Type = Type.ANY) -> Property:
    scope, *rest = path.split(".")
    return (
        Property(scope, tuple(rest), type) if scope in ("user", "product") else Property("event", (scope, *rest), type)
    )


def number(value: float) -> Constant:
    return Constant(value, Type.NUMBER)


def text(value: str) -> Constant:
    return Constant(value, Type.TEXT)


def truth(value: bool) -> Constant:
    return Constant(value, Type.BOOLEAN)


def duration(value: int) -> Constant:
    return Constant(value, Type.DURATION)


TRUE, FALSE, UNKNOWN = Related("yes"), OptedIn("nothing"), Comparison("=", prop("absent"), number(1))
YES = {"yes": True}


def count(name: str, days: int | None = 7, where=None) -> Aggregate:
    return Aggregate("count", EventFilter((name,), where), None if days is None else days * DAY)
