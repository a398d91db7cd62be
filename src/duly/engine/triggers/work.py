"""What those who deal with triggers need from the call that is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from duly.engine.candidate import Candidate
from duly.engine.event import Event
from duly.engine.session import Session
from duly.planning.plan import Plan, RulePlan


class Work(Protocol):
    """One call: its session, its plan, its instant, and since when each history is whole."""

    @property
    def session(self) -> Session:
        """What it reads and writes."""

    @property
    def plan(self) -> Plan:
        """The plan in force."""

    @property
    def now(self) -> int:
        """Its instant."""

    @property
    def since(self) -> Mapping[str, int]:
        """Since when the history of each event name is whole; always, for a name that is absent."""

    def candidate(self, identity: str, event: Event, rule: RulePlan) -> Candidate:
        """A new instance of a rule for a user and an event."""

    def queue(self, identity: str, candidates: Sequence[Candidate]) -> None:
        """Evaluate each by itself and let wait what passes."""
