"""Notes the verdicts that are written without anybody having asked for them: of fan-outs, of events, of what waited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from duly.engine.decision import Decision, Verdict
from duly.engine.keys import Keys
from duly.engine.opens import Everybody
from duly.engine.session import Session
from duly.engine.store import Store
from duly.engine.suppression import Suppression

Verdicts = Mapping[tuple[str, int, str], int]
"""How often a rule came to a `Verdict` for a reason."""


class Listener(Protocol):
    """Who is told what an engine does by itself; called by many threads, after it has been written."""

    def wrote(self, verdicts: Verdicts, /) -> None:
        """Verdicts that are no answer to a question."""

    def fanned_out(self, users: int, /) -> None:
        """A fan-out has come to its end after so many users."""


class NotingSession(Session):
    """A session that counts what is newly decided in it, from the instant `begun` on, and what it ends."""

    __slots__ = ("_begun", "verdicts")

    def __init__(self, store: Store, keys: Keys, everybody: Everybody, suppression: Suppression, begun: int) -> None:
        super().__init__(store, keys, everybody, suppression)
        self._begun = begun
        self.verdicts: dict[tuple[str, int, str], int] = {}

    def log(self, decision: Decision) -> None:
        """Write a record of the decision log, and count it if its verdict is new."""
        super().log(decision)
        # What is granted is counted where it is handed out; a wait that goes on was counted when it began.
        verdict = decision.verdict
        if verdict == Verdict.SUPPRESS or (verdict == Verdict.DEFER and decision.created >= self._begun):
            said = (decision.rule, int(verdict), decision.reason)
            self.verdicts[said] = self.verdicts.get(said, 0) + 1
