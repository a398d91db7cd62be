"""What a test runs against: an engine whose clock the script moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from duly.engine.api import Mode, Question, Report
from duly.engine.decision import Decision
from duly.engine.engine import Engine
from duly.engine.event import Event
from duly.engine.keys import thing
from duly.meaning.model import HOUR

_LEASE = HOUR
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
    A service under test. Every notification that becomes due is handed out at once and reported as sent.

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

    def snooze(self, identity: str, category: str, until: int) -> None:
        """Let a user want nothing of a category, or of any (the empty text), until an instant."""

    def mute(self, identity: str, objects: Sequence[str]) -> None:
        """Let a user want to hear nothing of these objects, given by their keys."""


def next_instant(engine: Engine) -> int | None:
    """The next instant at which something happens by itself, or the one at which it should have."""
    return min((at for at in (engine.next_due(), engine.next_tick()) if at is not None), default=None)


class EngineTarget:
    """An engine in this process, whose clock stands at 0 until the test begins."""

    def __init__(self, engine: Engine, clock: ManualClock) -> None:
        self._engine, self._clock = engine, clock

    def advance(self, time: int) -> None:
        """See `Target`."""
        while self._clock.now and (due := next_instant(self._engine)) is not None and due <= time:
            self._clock.now = max(self._clock.now, due)
            self._settle()
            if next_instant(self._engine) == due:
                break
        self._clock.now = time
        self._settle()

    def ingest(self, event: Event) -> None:
        """See `Target`."""
        self._engine.ingest([event])
        self._settle()

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

    def snooze(self, identity: str, category: str, until: int) -> None:
        """See `Target`."""
        self._engine.prefer(identity, {"snooze": {category: until}})

    def mute(self, identity: str, objects: Sequence[str]) -> None:
        """See `Target`."""
        self._engine.prefer(identity, {"muted": [thing(key) for key in objects]})

    def _settle(self) -> None:
        """Everything that can happen without the clock moving."""
        self._engine.tick()
        while self._engine.backfill():
            pass
        while self._engine.fan_out():
            pass
        while handed := self._engine.take_due("test", _MANY, _LEASE):
            self._engine.report([Report(h.decision.id, "sent", self._clock.now) for h in handed])
