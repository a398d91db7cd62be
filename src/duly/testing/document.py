"""Outcomes and coverage for scripts, as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import Any

from duly.engine.decision import Decision, Gate, Status, Verdict
from duly.engine.words import gate_sentence, sentence
from duly.source import Source, Span
from duly.testing.coverage import Coverage
from duly.testing.expectation import Miss
from duly.testing.run import Outcome

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def results_json(outcomes: Sequence[Outcome], coverage: Coverage) -> str:
    """`{"tests": […], "coverage": {…}, "summary": {…}}`; lines and columns count characters from 1, times are UTC."""
    failed = sum(not outcome.passed for outcome in outcomes)
    document = {
        "tests": [_test(outcome) for outcome in outcomes],
        "coverage": _coverage(coverage),
        "summary": {
            "tests": len(outcomes),
            "passed": len(outcomes) - failed,
            "failed": failed,
            "expectations": sum(outcome.expectations for outcome in outcomes),
        },
    }
    return dumps(document, indent=2, ensure_ascii=False) + "\n"


def _test(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.title,
        **_place(outcome.source, outcome.span),
        "passed": outcome.passed,
        "expectations": outcome.expectations,
        "error": outcome.error,
        "misses": [_miss(miss) for miss in outcome.misses],
    }


def _miss(miss: Miss) -> dict[str, Any]:
    return {
        **_place(miss.source, miss.span),
        "expected": miss.expected,
        "correct": list(miss.correct),
        "happened": [_decision(decision) for decision in miss.happened],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "rule": decision.rule,
        "verdict": Verdict(decision.verdict).name,
        "reason": decision.reason,
        "description": sentence(decision),
        "due_time": _time(decision.due),
        "next_time": _time(decision.next),
        "gates": [_gate(decision, gate) for gate in Gate],
    }


def _gate(decision: Decision, gate: Gate) -> dict[str, str]:
    status = Status(decision.statuses[gate]).name.lower().replace("_", " ")
    return {"name": gate.name.lower(), "status": status, "description": gate_sentence(decision, gate)}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    gaps = coverage.gaps()
    return {
        "percent": round(coverage.percent, 2),
        "points": coverage.points,
        "reached": coverage.points - len(gaps),
        "gaps": [{"rule": gap.rule, "location": gap.location, "what": gap.what} for gap in gaps],
    }


def _place(source: Source, span: Span) -> dict[str, Any]:
    place = source.position(span.start)
    return {"file": source.name, "line": place.line, "column": place.column}


def _time(instant: int) -> str | None:
    return (_EPOCH + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z") if instant else None
