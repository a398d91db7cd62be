"""An engine on an empty store, with a clock that a test moves and short ways to say what happens."""

from msgspec import json

from duly.engine.api import Mode, Question, Report
from duly.engine.engine import Engine
from duly.engine.event import ALIAS, IDENTIFY, TRACK, Event, known
from duly.meaning.rule_set import read_rules
from duly.planning.compile import compile_plan
from duly.source import Source
from duly.stores.memory import MemoryStore

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOON = 1_714_564_800 * SECOND
"""2024-05-01 12:00 UTC, a Wednesday."""


class World:
    def __init__(self, rules):
        self.now = NOON
        self.engine = Engine(MemoryStore(4), plan_of(rules), lambda: self.now)
        self._number = 0

    def pass_time(self, duration):
        self.now += duration

    def event(self, what, user="ada", anonymous="", kind=TRACK, previous="", **properties):
        self._number += 1
        raw = json.encode(properties)
        message = f"m{self._number}"
        return Event(message, kind, what, user, anonymous, self.now, self.now, properties, raw, previous_id=previous)

    def ingest(self, what, user="ada", **properties):
        event = self.event(what, user, **properties)
        self.engine.ingest([event])
        return event

    def identify(self, user, anonymous):
        self.engine.ingest([self.event("", user, anonymous, kind=IDENTIFY)])

    def alias(self, user, previous):
        self.engine.ingest([self.event("", user, kind=ALIAS, previous=previous)])

    def decide(self, what="Price Drop", user="ada", mode=Mode.COMMIT, **properties):
        """The only decision about a new event of a user, or of an anonymous one whose id starts with `anon`."""
        return self.decide_all(what, user, mode, **properties)[0]

    def decide_all(self, what="Price Drop", user="ada", mode=Mode.COMMIT, **properties):
        ids = ("", user) if user.startswith("anon") else (user, "")
        event = self.event(what, *ids, **properties)
        return self.engine.decide([Question(event.identity, mode, event)])[0].decisions

    def ask(self, user="ada"):
        """Decisions about what waits."""
        return self.engine.decide([Question(known(user))])[0].decisions

    def take_due(self):
        return [handed.decision for handed in self.engine.take_due("worker", 100, MINUTE)]

    def report(self, decision, outcome):
        return self.engine.report([Report(decision.id, outcome, self.now)])[0]

    def logged(self, decision):
        return self.engine.decision(decision.id)

    def converted(self, decision):
        return [time for outcome, time in self.logged(decision).outcomes if outcome == "converted"]


def plan_of(rules):
    checked = read_rules([Source("rules.duly", rules)])
    assert not [str(problem) for problem in checked.diagnostics]
    return compile_plan(checked.rule_set)
