"""A decision as people read it: the verdict, why, and every gate."""

from __future__ import annotations

from collections.abc import Iterator

import click
from google.protobuf.timestamp_pb2 import Timestamp

from duly.cli.instants import local_text
from duly.report.visible import visible
from duly.v1 import decision_pb2 as pb

_VERDICTS = {
    pb.VERDICT_NOTIFY: ("NOTIFY", "green"),
    pb.VERDICT_DEFER: ("DEFER", "yellow"),
    pb.VERDICT_SUPPRESS: ("SUPPRESS", "red"),
}
_MARKS = {pb.GATE_STATUS_PASS: ("✓", "green"), pb.GATE_STATUS_FAIL: ("✗", "red"), pb.GATE_STATUS_WAIVED: ("-", "cyan")}
_NOT_REACHED = ("·", "bright_black")


def verdict_text(decision: pb.Decision) -> str:
    """Several lines; styled for a terminal, which `click.echo` undoes for everything else."""
    return "\n".join(_lines(decision))


def _lines(decision: pb.Decision) -> Iterator[str]:
    yield headline(decision)
    if decision.description:
        yield f"  {visible(decision.description)}"
    width = max((len(gate.name) for gate in decision.gates), default=0)
    yield from (_gate(gate, width, decision.due_time, decision.zone) for gate in decision.gates)
    yield from (f"  {label:{max(width, 8) + 2}} {visible(text)}" for label, text in _facts(decision))


def verdict_word(verdict: pb.Verdict.ValueType) -> str:
    """`NOTIFY`, `DEFER` or `SUPPRESS`, in its colour."""
    word, colour = _VERDICTS.get(verdict, ("?", "red"))
    return click.style(word, fg=colour, bold=True)


def headline(decision: pb.Decision) -> str:
    """`DEFER saved_sale until …` or `SUPPRESS saved_sale: capped`."""
    line = f"{verdict_word(decision.verdict)} {visible(decision.rule)}"
    if decision.verdict == pb.VERDICT_DEFER:
        return f"{line} until {visible(local_text(decision.due_time, decision.zone))}"
    return f"{line}: {visible(decision.reason)}" if decision.reason else line


def _gate(gate: pb.Gate, width: int, due: Timestamp, zone: str) -> str:
    mark, colour = _MARKS.get(gate.status, _NOT_REACHED)
    text = visible(gate.description)
    if gate.HasField("next_time") and gate.next_time != due:
        text += f"{'; ' if text else ''}opens {local_text(gate.next_time, zone)}"
    line = f"  {click.style(mark, fg=colour)} {gate.name:{width}} {text}".rstrip()
    return line if gate.status != pb.GATE_STATUS_NOT_REACHED else click.style(line, dim=True)


def _facts(decision: pb.Decision) -> Iterator[tuple[str, str]]:
    if decision.HasField("next_time") and decision.verdict == pb.VERDICT_SUPPRESS:
        yield "next", local_text(decision.next_time, decision.zone)
    if decision.HasField("expire_time"):
        yield "expires", local_text(decision.expire_time, decision.zone)
    message = decision.message
    if text := " · ".join(part for part in (message.title, message.body, message.link) if part):
        yield "message", text
    if decision.variant:
        yield "variant", decision.variant
    if decision.decision_id:
        yield "decision", f"{decision.decision_id} by {decision.rule_location} of rules {decision.rules_version}"
