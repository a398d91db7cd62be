"""What a server says about itself: a JSON log line for each request, and numbers for Prometheus."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, TextIO

from duly.engine.api import Handed, Intake
from duly.engine.decision import Decision, Verdict
from duly.engine.noting import Verdicts
from duly.service.series import Counts, Labels, Spread, Values, heading

LEVELS = ("debug", "info", "warning", "error")
_INTAKES = {int(intake): intake.name.lower() for intake in Intake}
_VERDICTS = {int(verdict): verdict.name.lower() for verdict in Verdict}
_CALL_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_STORE_BOUNDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0)
_LATE_BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0)
_AUDIENCE_BOUNDS = (0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_MOST_RULES = 2_000
"""Series of verdicts; beyond them rules are counted together."""


def open_log(level: str, stream: TextIO | None = None) -> Any:
    """A log of JSON lines, on standard error by default. Never give it tokens, ids of users, traits or properties."""
    import logging

    import structlog

    return structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
    )


def _verdict(values: Values) -> Labels:
    rule, verdict, reason = values
    return str(rule), _VERDICTS.get(verdict, ""), str(reason)


class Metrics:
    """Counters and histograms; any thread may add to them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._verdicts = Counts(
            "duly_verdicts_total", "Verdicts by rule and reason.", ("rule", "verdict", "reason"), _MOST_RULES, _verdict
        )
        self._events = Counts("duly_events_total", "Events by what became of them.", ("result",))
        self._calls = Spread("duly_call_seconds", "Calls and how long they took.", ("method", "code"), _CALL_BOUNDS)
        self._deliveries = Counts("duly_deliveries_total", "Notifications handed to workers.", ("attempt",))
        self._late = Spread("duly_lateness_seconds", "From due to handed to a worker.", (), _LATE_BOUNDS)
        self._outcomes = Counts("duly_outcomes_total", "Reports by outcome.", ("outcome",))
        self._store = Spread("duly_store_seconds", "What the store took.", ("work",), _STORE_BOUNDS)
        self._fan_outs = Spread("duly_fanout_size", "Users that a fan-out reached.", (), _AUDIENCE_BOUNDS)
        self._read: dict[str, tuple[str, str, Callable[[], float]]] = {}
        self._followed: list[Callable[[], Verdicts]] = []

    def gauge(self, name: str, help: str, read: Callable[[], float]) -> None:
        """Have a number read whenever it is asked for."""
        self._read[name] = (help, "gauge", read)

    def counter(self, name: str, help: str, read: Callable[[], float]) -> None:
        """The same for a number that only grows."""
        self._read[name] = (help, "counter", read)

    def follow(self, verdicts: Callable[[], Verdicts]) -> None:
        """Have verdicts fetched whenever the numbers are asked for; each is to be given once."""
        if verdicts not in self._followed:
            self._followed.append(verdicts)

    def called(self, method: str, code: str, seconds: float) -> None:
        """Count one call and how long it took."""
        with self._lock:
            self._calls.add((method, code), seconds)

    def decided(self, decisions: Iterable[Decision]) -> None:
        """Count verdicts by rule and reason."""
        with self._lock:
            for decision in decisions:
                self._verdicts.add((decision.rule, decision.verdict, decision.reason))

    def wrote(self, verdicts: Verdicts) -> None:
        """Count verdicts that nobody asked for, by rule and reason."""
        with self._lock:
            self._verdicts.add_all(verdicts)

    def fanned_out(self, users: int) -> None:
        """Count a fan-out that has come to its end by how many users it reached."""
        with self._lock:
            self._fan_outs.add((), users)

    def handed(self, handed: Iterable[Handed], now: int) -> None:
        """Count what workers were given at the instant `now`: the first time as a verdict, too."""
        found = list(handed)
        first = [item for item in found if item.attempt == 1]
        self.decided(item.decision for item in first)
        with self._lock:
            self._deliveries.add(("first",), len(first))
            self._deliveries.add(("again",), len(found) - len(first))
            for item in first:
                if item.due:
                    self._late.add((), max(0, now - item.due) / 1_000_000)

    def reported(self, outcomes: Iterable[str]) -> None:
        """Count what became of notifications."""
        with self._lock:
            for outcome in outcomes:
                self._outcomes.add((outcome,))

    def stored(self, work: str, seconds: float) -> None:
        """Count how long the store took for one piece of work."""
        with self._lock:
            self._store.add((work,), seconds)

    def took(self, intakes: Mapping[int, int]) -> None:
        """Count events by what became of them, an `Intake`."""
        with self._lock:
            for intake, count in intakes.items():
                self._events.add((_INTAKES[intake],), count)

    def text(self) -> str:
        """All numbers in the Prometheus text format, version 0.0.4."""
        for verdicts in self._followed:
            self.wrote(verdicts())
        series = (
            self._verdicts, self._events, self._calls, self._deliveries, self._late, self._outcomes, self._store,
            self._fan_outs,
        )  # fmt: skip
        with self._lock:
            lines = [line for each in series for line in each.lines()]
        for name, (help, kind, read) in self._read.items():
            lines += [*heading(name, help, kind), f"{name} {read():.17g}"]
        return "\n".join(lines) + "\n"
