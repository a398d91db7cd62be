"""Verdicts and gates in sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from duly.engine.decision import REASONS, Decision, Gate, Status, Verdict
from duly.timing.zone import UnknownZone, zone

_PHRASES_KEPT = 8192
"""How many phrases of a kind are remembered: much is said of everybody's 18:00 and of midnight."""

_FAILED = {
    "no-match": "the condition is not true for this user and event",
    "unknown": "the condition could not be decided: something it reads is missing or of another type",
}
_PASSED = {
    Gate.MATCH: "the condition is true",
    Gate.DUPLICATE: "nobody has been granted this notification yet",
    Gate.HOLDOUT: "the user is not in a control group",
    Gate.CONSENT: "the user's consent allows it",
    Gate.CANCELLED: "nothing cancelled it",
    Gate.EXPIRY: "it has not expired",
    Gate.TIME: "the time is permitted",
    Gate.CAPS: "every cap has room",
    Gate.COMPETITION: "no other rule took the slot",
}


def sentence(decision: Decision) -> str:
    """Why the verdict is what it is, in one sentence without a full stop."""
    said = REASONS.get(decision.reason, decision.reason)
    if decision.outranked_by:
        said = f"rule {decision.outranked_by} took the slot"
    if decision.verdict == Verdict.DEFER:
        return f"{said}: {local_time(decision.due, decision.zone)}"
    failed = decision.statuses.find(Status.FAIL)
    detail = _detail(decision, Gate(failed)) if failed >= 0 else ""
    return f"{said}: {detail}" if detail else said


def gate_sentence(decision: Decision, gate: Gate) -> str:
    """What a gate looked at and found, for a gate that was reached; else the empty text."""
    status = decision.statuses[gate]
    if status == Status.NOT_REACHED:
        return ""
    if status == Status.WAIVED:
        return "waived: the category is transactional"
    detail = _detail(decision, gate)
    if status == Status.PASS:
        return detail or _PASSED[gate]
    return detail or _FAILED.get(decision.reason) or REASONS.get(decision.reason, "")


def _detail(decision: Decision, gate: Gate) -> str:
    inputs = decision.inputs.get(int(gate))
    if gate is Gate.COMPETITION and decision.outranked_by:
        return f"outranked by {decision.outranked_by}"
    return "" if inputs is None else _PHRASES[inputs[0]](decision, inputs)


def _time(decision: Decision, inputs: list[Any]) -> str:
    _, name, source, moved, at, refused = inputs
    return _when(name, source, tuple(moved), at, tuple((asked, text) for asked, text in refused))


@lru_cache(_PHRASES_KEPT)
def _when(name: str, source: str, moved: tuple[str, ...], at: int, refused: tuple[tuple[str, str], ...]) -> str:
    where = f"in {name}, from {_SOURCES.get(source, source)}"
    where += "".join(f", as {_SOURCES[asked]} `{text}` is not a time zone" for asked, text in refused)
    if not moved or not at:
        return where
    return f"{where}, moved by {' and '.join(moved)} to {local_time(at, name)}"


def _cap(decision: Decision, inputs: list[Any]) -> str:
    _, text, count, limit, frees = inputs
    return _used(text, count, limit, frees, decision.zone, decision.zone_source)


@lru_cache(_PHRASES_KEPT)
def _used(text: str, count: int, limit: int, frees: int, zone: str, source: str) -> str:
    used = f"{count} of {limit} used of `{text}` in {zone}, from {_SOURCES.get(source, '')}"
    return f"{used}; a slot frees {local_time(frees, zone)}" if frees else used


def _consent(decision: Decision, inputs: list[Any]) -> str:
    _, category, channel, said = inputs
    return f"consent for {category} by {channel} is {said}"


def _expiry(decision: Decision, inputs: list[Any]) -> str:
    return f"it was no use any more from {local_time(inputs[1], decision.zone)}"


def _cancelled(decision: Decision, inputs: list[Any]) -> str:
    return f"{inputs[1]} happened at {local_time(inputs[2], decision.zone)}"


def _late_cancel(decision: Decision, inputs: list[Any]) -> str:
    return f"{_cancelled(decision, inputs)}, but arrived after the grant, which it could not undo"


def _missing(decision: Decision, inputs: list[Any]) -> str:
    return f"{inputs[1]} is missing and the template has no fallback for it"


def _muted(decision: Decision, inputs: list[Any]) -> str:
    return f"the user muted {inputs[1]}"


def _unknown(decision: Decision, inputs: list[Any]) -> str:
    return str(inputs[1])


def _held(decision: Decision, inputs: list[Any]) -> str:
    without = _WOULD_BE[Verdict(decision.holdout_verdict)]
    return f"control group `{inputs[1]}` of {inputs[2] * 100:.6g}%; without it {without}"


def _outside(decision: Decision, inputs: list[Any]) -> str:
    return f"experiment `{inputs[1]}` covers {inputs[2] * 100:.6g}% of the users"


_WOULD_BE = {
    Verdict.NOTIFY: "the user would have been notified",
    Verdict.DEFER: "this would wait just the same",
    Verdict.SUPPRESS: "the user would not have been notified either",
}

_PHRASES = {
    "time": _time,
    "cap": _cap,
    "consent": _consent,
    "expiry": _expiry,
    "cancelled": _cancelled,
    "late-cancel": _late_cancel,
    "missing": _missing,
    "match": _unknown,
    "muted": _muted,
    "held": _held,
    "outside": _outside,
}

_SOURCES = {
    "rule": "the rule",
    "trait timezone": "trait timezone",
    "context timezone": "context.timezone",
    "house": "the house timezone",
    "utc": "the default",
}


@lru_cache(_PHRASES_KEPT)
def local_time(instant: int, name: str) -> str:
    """An instant on the wall clock of a zone, such as `2026-03-08 18:00 in America/New_York`; UTC for unknown zones."""
    try:
        wall = zone(name).wall(instant)
    except UnknownZone:
        wall, name = instant, "UTC"
    seconds, micro = divmod(wall, 1_000_000)
    moment = datetime.fromtimestamp(seconds, UTC)
    clock = moment.strftime("%Y-%m-%d %H:%M")
    if moment.second or micro:
        clock = moment.strftime("%Y-%m-%d %H:%M:%S")
    return f"{clock} in {name}"
