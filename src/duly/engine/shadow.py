"""
Rules that decide in the shadow: on the same events and questions as those in force, at the same moment, for nobody.

Both are asked purely, before anything is settled, so neither sees what the other grants. Only new instances are
compared: what waits, or was decided about before, belongs to the rules in force. Past events that only the rules in the
shadow read are not kept for them, and what they say of these is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol

from duly.engine.candidate import Candidate
from duly.engine.decision import Decision
from duly.engine.evaluate import Evaluation
from duly.engine.event import Event
from duly.engine.history import StoredHistory
from duly.engine.session import Session
from duly.planning.plan import Plan, RulePlan

_UNMATCHED = ("no-match", "unknown")
NOTHING = 0
"""Stands for the verdict of a rule that says nothing of an event."""

Pair = tuple[str, int, int]
"""A rule, its verdict by the rules in force and its verdict in the shadow."""


class Asking(Protocol):
    """What evaluates by the rules in force."""

    session: Session
    plan: Plan
    now: int
    since: dict[str, int]

    def candidate(self, identity: str, event: Event, rule: RulePlan) -> Candidate:
        """A new instance of a rule for a user and an event."""


class Shadow:
    """
    The rules of `plan` beside those in force; any thread may compare.

    `welcome` says whether there is time for it: under load only a part of the traffic is compared.
    """

    def __init__(self, plan: Plan, welcome: Callable[[], bool]) -> None:
        self._plan, self._welcome = plan, welcome
        self._lock = Lock()
        self._counts: Counter[Pair] = Counter()
        self._passed = 0

    def counts(self) -> dict[Pair, int]:
        """How often each pair of verdicts came up."""
        with self._lock:
            return dict(self._counts)

    @property
    def passed(self) -> int:
        """How often there was no time to compare."""
        return self._passed

    def compare(self, asking: Asking, identity: str, event: Event, candidates: Sequence[Candidate]) -> None:
        """Compare what both say of an event and a user, `candidates` being the new ones of the rules in force."""
        if not self._welcome():
            self._passed += 1
            return
        live = _verdicts(asking, asking.plan, identity, [c for c in candidates if c.waiting is None])
        rules = self._plan.listening(event.name, event.properties)
        mine = [asking.candidate(identity, event, rule) for rule in rules]
        shadow = _verdicts(asking, self._plan, identity, mine)
        with self._lock:
            for rule in live.keys() | shadow.keys():
                self._counts[rule, live.get(rule, NOTHING), shadow.get(rule, NOTHING)] += 1


def _verdicts(asking: Asking, plan: Plan, identity: str, candidates: Sequence[Candidate]) -> dict[str, int]:
    if not candidates:
        return {}
    user = asking.session.user(identity)
    history = StoredHistory(asking.session, plan, identity, asking.since)
    decisions: list[Decision] = Evaluation(plan, user, history, asking.now).verdicts(identity, candidates)
    return {decision.rule: int(decision.verdict) for decision in decisions if decision.reason not in _UNMATCHED}
