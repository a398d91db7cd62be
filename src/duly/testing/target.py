"""What a test runs against: an engine with a clock that the script moves."""

from __future__ import annotations

from typing import Protocol

from duly.engine.api import Mode, Question, Report
from duly.engine.decision import Decision
from duly.engine.engine import Engine
from duly.engine.event import Event

_LEASE = 3_600_000_000
_MANY = 10_000


class ManualClock:
    """A clock that stands still until it is moved. `now` is an instant."""

    def __init__(self, now: int = 0) -> None:
        self.now = now

    def __call__(self) -> int:
        """The instant it shows."""
        return self.now


class Target(Protocol):
    """
    A service under test. Every NOTIFY of what became due counts as sent.

    Identities are those of `duly.engine.event`, times are instants.
    """

    def advance(self, time: int) -> None:
        """Move the clock, stopping wherever something is due on the way; all of it is dealt with on return."""

    def ingest(self, event: Event) -> None:
        """Take an event in now; what follows from it at once is dealt with on return."""

    def decisions(self, identity: str) -> list[Decision]:
        """All decisions about a user so far, newest first."""

    def peek(self, identity: str, event: Event, rule: str) -> list[Decision]:
        """What a rule says of an event, also when it does not match."""

    def report(self, decision: bytes, outcome: str) -> None:
        """Say what became of a notification."""

    def prefer(self, identity: str, preferences: dict[str, object]) -> None:
        """Set what a user wishes: `snooze` (category or the empty text to an instant) and `muted` (objects)."""


class EngineTarget:
    """An engine in this process."""

    def __init__(self, engine: Engine, clock: ManualClock) -> None:
        self._engine, self._clock = engine, clock

    def advance(self, time: int) -> None:
        """See `Target`."""
        while (due := self._engine.next_due()) is not None and due <= time:
            self._clock.now = max(self._clock.now, due)
            self._drain()
            if self._engine.next_due() == due:
                break
        self._clock.now = time
        self._drain()

    def ingest(self, event: Event) -> None:
        """See `Target`."""
        self._engine.ingest([event])
        self._drain()

    def decisions(self, identity: str) -> list[Decision]:
        """See `Target`."""
        return self._engine.decisions(identity, _MANY)

    def peek(self, identity: str, event: Event, rule: str) -> list[Decision]:
        """See `Target`."""
        question = Question(identity, Mode.PEEK, event=event, rule=rule, full=True)
        return self._engine.decide([question])[0].decisions

    def report(self, decision: bytes, outcome: str) -> None:
        """See `Target`."""
        self._engine.report([Report(decision, outcome, self._clock.now)])

    def prefer(self, identity: str, preferences: dict[str, object]) -> None:
        """See `Target`."""
        self._engine.prefer(identity, preferences)

    def _drain(self) -> None:
        """Everything that can happen without the clock moving."""
        while self._engine.fan_out():
            pass
        self._engine.tick()
        while handed := self._engine.take_due("test", _MANY, _LEASE):
            self._engine.report([Report(h.decision.id, "sent", self._clock.now) for h in handed])
