"""A small world: rules as text, users who do things, and a clock that the test moves."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import count

from duly.engine.api import Mode, Question, Report
from duly.engine.decision import Decision
from duly.engine.engine import Engine
from duly.engine.event import Event
from duly.engine.state import User
from duly.meaning.rule_set import read_rules
from duly.planning.compile import compile_plan
from duly.source import Source

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND


def ts(text: str) -> int:
    """`2024-05-01 08:00` in UTC, or with an offset, as an instant."""
    moment = datetime.fromisoformat(text if "+" in text[10:] else text + "+00:00")
    return round(moment.timestamp()) * SECOND


def plan_of(text: str):
    checked = read_rules([Source("rules.duly", text)])
    assert not [d for d in checked.diagnostics if d.severity.name == "ERROR"], checked.diagnostics
    return compile_plan(checked.rule_set)


class World:
    """An engine over `store` with the rules of `text`, at `now`."""

    def __init__(self, store, text: str, now: str = "2024-05-01 08:00") -> None:
        self.now = ts(now)
        self.store = store
        self.engine = Engine(store, plan_of(text), lambda: self.now)
        self._numbers = count(1)

    def publish(self, text: str) -> None:
        self.engine.publish(plan_of(text))

    def at(self, when: str) -> None:
        """Move the clock and let everything that time brings happen."""
        self.now = ts(when)

    def event(self, user: str, name: str, /, when: str | int | None = None, id: str = "", **properties) -> Event:
        time = self.now if when is None else ts(when) if isinstance(when, str) else when
        known = id or f"m{next(self._numbers)}"
        raw = json.dumps(properties).encode()
        return Event(known, "track", name, user, "", time, self.now, properties, raw)

    def track(self, user: str, name: str, /, when: str | int | None = None, id: str = "", **properties) -> Event:
        event = self.event(user, name, when, id, **properties)
        self.engine.ingest([event])
        return event

    def identify(self, user: str, **traits) -> None:
        event = self.event(user, "")
        event.type, event.traits = "identify", traits
        self.engine.ingest([event])

    def decide(self, user: str, event: Event | None = None, mode: Mode = Mode.COMMIT) -> list[Decision]:
        return self.engine.decide([Question("u:" + user, mode, event, full=True)])[0].decisions

    def user(self, user: str) -> User:
        return self.engine.user("u:" + user) or User()

    def waiting(self, user: str) -> list[tuple[str, int]]:
        return sorted((pending.message_id, pending.due) for pending in self.user(user).pending)

    def due(self) -> list[Decision]:
        """What a worker gets now, and sends."""
        decisions = [handed.decision for handed in self.engine.take_due("worker", 1000, HOUR)]
        self.engine.report([Report(decision.id, "sent", self.now) for decision in decisions])
        return decisions

    def log(self, user: str) -> list[Decision]:
        """The user's decisions, oldest first."""
        return self.engine.decisions("u:" + user, 1000)[::-1]

    def reasons(self, user: str) -> list[str]:
        return [decision.reason for decision in self.log(user)]
