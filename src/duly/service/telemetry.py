"""What a server says about itself: a JSON log line for each request, and numbers for Prometheus."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, TextIO

from duly.engine.api import Intake
from duly.engine.decision import Decision, Verdict

LEVELS = ("debug", "info", "warning", "error")
_INTAKES = {int(intake): intake.name.lower() for intake in Intake}
_VERDICTS = {int(verdict): verdict.name.lower() for verdict in Verdict}
_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


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


class Metrics:
    """Counters and histograms; any thread may add to them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._verdicts: Counter[tuple[int, str]] = Counter()
        self._events: Counter[int] = Counter()
        self._calls: dict[tuple[str, str], list[float]] = {}
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}

    def gauge(self, name: str, help: str, read: Callable[[], float]) -> None:
        """Have a number read whenever it is asked for."""
        self._gauges[name] = (help, read)

    def called(self, method: str, code: str, seconds: float) -> None:
        """Count one call and how long it took."""
        with self._lock:
            row = self._calls.get((method, code))
            if row is None:
                row = self._calls[method, code] = [0.0] * (len(_BOUNDS) + 2)
            row[bisect_left(_BOUNDS, seconds)] += 1
            row[-1] += seconds

    def decided(self, decisions: Iterable[Decision]) -> None:
        """Count verdicts by reason."""
        counts = self._verdicts
        with self._lock:
            for decision in decisions:
                counts[decision.verdict, decision.reason] += 1

    def took(self, intakes: Mapping[int, int]) -> None:
        """Count events by what became of them, an `Intake`."""
        with self._lock:
            self._events.update(intakes)

    def text(self) -> str:
        """All numbers in the Prometheus text format, version 0.0.4."""
        with self._lock:
            lines = [*self._verdict_lines(), *self._event_lines(), *self._call_lines()]
        for name, (help, read) in self._gauges.items():
            lines += [f"# HELP {name} {help}", f"# TYPE {name} gauge", f"{name} {read():g}"]
        return "\n".join(lines) + "\n"

    def _verdict_lines(self) -> Iterable[str]:
        yield "# HELP duly_verdicts_total Verdicts by reason."
        yield "# TYPE duly_verdicts_total counter"
        for (verdict, reason), count in sorted(self._verdicts.items()):
            yield f'duly_verdicts_total{{verdict="{_VERDICTS.get(verdict, "")}",reason="{reason}"}} {count}'

    def _event_lines(self) -> Iterable[str]:
        yield "# HELP duly_events_total Events by what became of them."
        yield "# TYPE duly_events_total counter"
        for intake, count in sorted(self._events.items()):
            yield f'duly_events_total{{result="{_INTAKES[intake]}"}} {count}'

    def _call_lines(self) -> Iterable[str]:
        yield "# HELP duly_call_seconds Calls and how long they took."
        yield "# TYPE duly_call_seconds histogram"
        for (method, code), row in sorted(self._calls.items()):
            labels, total = f'method="{method}",code="{code}"', 0.0
            for bound, count in zip((*_BOUNDS, "+Inf"), row[:-1], strict=True):
                total += count
                yield f'duly_call_seconds_bucket{{{labels},le="{bound}"}} {total:g}'
            yield f"duly_call_seconds_sum{{{labels}}} {row[-1]:g}"
            yield f"duly_call_seconds_count{{{labels}}} {total:g}"
