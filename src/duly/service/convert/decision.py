"""
From the engine's decisions to protobuf.

What many decisions share (rule, verdict, gates and so on) is serialized once and merged into each message, which takes
a fifth of the time of setting its fields.
"""

from __future__ import annotations

from duly.engine.decision import Decision, Gate, Status, Verdict, id_text
from duly.engine.words import gate_sentence, sentence
from duly.service.convert.instant import SECOND, put_instant
from duly.v1 import decision_pb2 as pb
from duly.v1 import decision_service_pb2 as service_pb

DEFAULT, GATES, FULL = (
    service_pb.EXPLAIN_LEVEL_UNSPECIFIED,
    service_pb.EXPLAIN_LEVEL_GATES,
    service_pb.EXPLAIN_LEVEL_FULL,
)

_GATES = tuple(Gate)
_NAMES = [gate.name.lower() for gate in Gate]
_MOST_TEMPLATES = 20_000
_templates: dict[tuple[object, ...], bytes] = {}


def put_decision(target: pb.Decision, decision: Decision, level: int = DEFAULT) -> None:
    """Fill an empty message with a decision, explained as much as `level` asks for."""
    target.MergeFromString(_template(decision))
    target.decision_id = id_text(decision.id)
    if decision.identity[0] == "u":
        target.user_id = decision.identity[2:]
    else:
        target.anonymous_id = decision.identity[2:]
    target.event_message_id = decision.message_id
    target.object = object_text(decision.object)
    target.description = sentence(decision)
    _put_times(target, decision)
    if decision.body or decision.title or decision.link:
        _put_message(target.message, decision)
    if decision.lease_until:
        put_instant(target.lease_expire_time, decision.lease_until)
    if decision.verdict != Verdict.NOTIFY or level:
        _explain(target, decision, level)


def object_text(thing: str) -> str:
    """The object as the event names it: the engine keeps text in quotes, to tell it from a number."""
    return thing[1:-1] if thing[:1] == '"' else thing


def _template(decision: Decision) -> bytes:
    key = (
        decision.rule,
        decision.verdict,
        decision.reason,
        decision.statuses,
        decision.zone,
        decision.zone_source,
        decision.mode,
        decision.variant,
        decision.category,
        decision.channel,
        decision.location,
        decision.rules_version,
        decision.outranked_by,
        decision.holdout_verdict,
    )
    found = _templates.get(key)
    if found is None:
        if len(_templates) >= _MOST_TEMPLATES:
            _templates.clear()
        found = _templates[key] = _shared(decision).SerializeToString()
    return found


def _shared(decision: Decision) -> pb.Decision:
    notify = decision.verdict == Verdict.NOTIFY
    return pb.Decision(
        verdict=_verdict(decision.verdict),
        rule=decision.rule,
        reason="" if notify else decision.reason,
        gates=[_gate(decision, gate) for gate in Gate],
        variant=decision.variant,
        category=decision.category,
        channel=decision.channel,
        rules_version=decision.rules_version,
        rule_location=decision.location,
        mode=pb.Mode.ValueType(decision.mode),
        zone=decision.zone,
        zone_source=decision.zone_source,
        outranking_rule=decision.outranked_by,
        holdout_verdict=_verdict(decision.holdout_verdict),
    )


def _verdict(number: int) -> pb.Verdict.ValueType:
    return pb.Verdict.ValueType(number)


def _gate(decision: Decision, gate: Gate) -> pb.Gate:
    status = decision.statuses[gate]
    failed = status == Status.FAIL
    return pb.Gate(
        name=_NAMES[gate],
        status=pb.GateStatus.ValueType(status),
        reason=decision.reason if failed else "",
    )


def _put_times(target: pb.Decision, decision: Decision) -> None:
    stamp = target.create_time
    stamp.seconds, micros = divmod(decision.created, SECOND)
    stamp.nanos = micros * 1000
    if decision.due:
        put_instant(target.due_time, decision.due)
    if decision.next:
        put_instant(target.next_time, decision.next)
    if decision.expires:
        put_instant(target.expire_time, decision.expires)


def _put_message(target: pb.Message, decision: Decision) -> None:
    target.title, target.body, target.link = decision.title, decision.body, decision.link


def _explain(target: pb.Decision, decision: Decision, level: int) -> None:
    """Say what the gate that failed looked at or, above the default level, what each did."""
    for gate in Gate if level else _failed(decision):
        target.gates[gate].description = gate_sentence(decision, gate)
    for number, opens in decision.opens.items():
        put_instant(target.gates[number].next_time, opens)


def _failed(decision: Decision) -> tuple[Gate, ...]:
    failed = decision.statuses.find(Status.FAIL)
    return (_GATES[failed],) if failed >= 0 else ()
