"""What a condition may read: one user, one trigger, one instant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duly.conditions.context import History
from duly.planning.plan import Plan
from duly.timing.zone import Zone


class UserFacts:
    """The facts of one evaluation; see `duly.conditions.context.Facts`."""

    __slots__ = ("_plan", "_segments", "consent", "event", "history", "now", "related", "traits", "zone")

    def __init__(
        self,
        plan: Plan,
        event: dict[str, Any],
        traits: dict[str, Any],
        related: Mapping[str, bool],
        consent: Mapping[str, str],
        history: History,
        now: int,
        zone: Zone,
    ) -> None:
        self._plan = plan
        self.event, self.traits, self.related, self.consent = event, traits, related, consent
        self.history, self.now, self.zone = history, now, zone
        self._segments: dict[str, bool | None] | None = None

    def as_of(self, now: int) -> UserFacts:
        """The same at another instant."""
        return UserFacts(self._plan, self.event, self.traits, self.related, self.consent, self.history, now, self.zone)

    def segment(self, name: str) -> bool | None:
        """The truth of a segment for this user, worked out once; None is unknown."""
        if self._segments is None:
            self._segments = {}
        if name not in self._segments:
            test = self._plan.segments.get(name)
            self._segments[name] = None if test is None else test(self)
        return self._segments[name]
