"""A user, an event and an instant that were made up, for conditions to be tested on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duly.conditions.context import Facts, Past
from duly.lint.logic.texts import Utc

NOON = 1_782_907_200_000_000
"""2026-07-01 12:00 UTC."""

Segments = Mapping[str, Callable[[Facts], bool | None]]


@dataclass(slots=True)
class Memory:
    """History that was made up: events by name, and the instants since which it is whole."""

    past: dict[str, list[Past]] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)

    def events(self, names: tuple[str, ...]) -> Sequence[Past]:
        """The events of these names, oldest first."""
        return sorted((past for name in names for past in self.past.get(name, ())), key=lambda past: past[0])

    def complete_since(self, names: tuple[str, ...]) -> int:
        """The instant since which none is missing."""
        return max(self.since.get(name, 0) for name in names)

    def overflowed(self, names: tuple[str, ...], since: int) -> bool:
        """Never: no more events are made up than are kept."""
        return False


@dataclass(slots=True)
class Invented:
    """`duly.conditions.context.Facts`, made up. Segments are tested as they are in earnest."""

    event: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)
    related: dict[str, bool] = field(default_factory=dict)
    consent: dict[str, str] = field(default_factory=dict)
    history: Memory = field(default_factory=Memory)
    now: int = NOON
    zone: Utc = field(default_factory=Utc)
    segments: Segments = field(default_factory=dict)

    def segment(self, name: str) -> bool | None:
        """The truth of a segment for this user."""
        test = self.segments.get(name)
        return None if test is None else test(self)
