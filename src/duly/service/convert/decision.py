"""
From the engine's decisions to protobuf.

What many decisions share (rule, verdict, gates and so on) is serialized once and merged into each message, which takes
a fifth of the time of setting its fields.
"""

from __future__ import annotations

from duly.engine.decision import Decision, Gate, Status, Verdict, id_text
from duly.engine.words import gate_sentence, sentence
from duly.service.convert.instant import put_instant
from duly.v1 import decision_pb2 as pb
from duly.v1 import decision_service_pb2 as service_pb

DEFAULT, GATES, FULL = (
    service_pb.EXPLAIN_LEVEL_UNSPECIFIED,
    service_pb.EXPLAIN_LEVEL_GATES,
    service_pb.EXPLAIN_LEVEL_FULL,
)

_GATES = tuple(Gate)
_NAMES = [gate.name.lower() for gate in Gate]
_MOST_SHARED = 20_000
_rules: dict[tuple[object, ...], bytes] = {}
_ends: dict[tuple[object, ...], bytes] = {}


def put_decision(target: pb.Decision, decision: Decision, level: int = DEFAULT) -> None:
    """Fill an empty message with a decision, explained as much as `level` asks for."""
    notify = decision.verdict == Verdict.NOTIFY
    target.MergeFromString(_shared(decision))
    _put_times(target, decision)
    target.decision_id = id_text(decision.id)
    if decision.identity[0] == "u":
        target.user_id = decision.identity[2:]
    else:
        target.anonymous_id = decision.identity[2:]
    target.event_message_id = decision.message_id
    if decision.object:
        target.object = object_text(decision.object)
    if decision.body or decision.title or decision.link:
        _put_message(target.message, decision)
    if not notify:
        target.description = sentence(decision)
    if level or not notify:
        _explain(target, decision, level)


def object_text(thing: str) -> str:
    """The object as the event names it: the engine keeps text in quotes, to tell it from a number."""
    return thing[1:-1] if thing[:1] == '"' else thing


def _shared(decision: Decision) -> bytes:
    """What a decision shares with others, serialized: with those of its rule, and with those that ended alike."""
    d = decision
    rule = (d.rule, d.rules_version, d.location, d.category, d.channel, d.variant)
    found = _rules.get(rule)
    if found is None:
        found = _remember(_rules, rule, _rule_of(d))
    end = (d.verdict, d.reason, d.statuses, d.mode, d.zone, d.zone_source, d.outranked_by, d.holdout_verdict)
    ended = _ends.get(end)
    if ended is None:
        ended = _remember(_ends, end, _end_of(d))
    return found + ended


def _remember(known: dict[tuple[object, ...], bytes], key: tuple[object, ...], message: pb.Decision) -> bytes:
    if len(known) >= _MOST_SHARED:
        known.clear()
    known[key] = message.SerializeToString()
    return known[key]


def _rule_of(decision: Decision) -> pb.Decision:
    return pb.Decision(
        rule=decision.rule,
        rules_version=decision.rules_version,
        rule_location=decision.location,
        category=decision.category,
        channel=decision.channel,
        variant=decision.variant,
    )


def _end_of(decision: Decision) -> pb.Decision:
    notify = decision.verdict == Verdict.NOTIFY
    return pb.Decision(
        verdict=_verdict(decision.verdict),
        reason="" if notify else decision.reason,
        gates=[_gate(decision, gate) for gate in Gate],
        mode=pb.Mode.ValueType(decision.mode),
        zone=decision.zone,
        zone_source=decision.zone_source,
        outranking_rule=decision.outranked_by,
        holdout_verdict=_verdict(decision.holdout_verdict),
        description=sentence(decision) if notify else "",
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
    put_instant(target.create_time, decision.created)
    if decision.due:
        put_instant(target.due_time, decision.due)
    if decision.next:
        put_instant(target.next_time, decision.next)
    if decision.expires:
        put_instant(target.expire_time, decision.expires)
    if decision.lease_until:
        put_instant(target.lease_expire_time, decision.lease_until)


def _put_message(target: pb.Message, decision: Decision) -> None:
    target.title, target.body, target.link = decision.title, decision.body, decision.link


def _explain(target: pb.Decision, decision: Decision, level: int) -> None:
    """Say what the gate that failed looked at or, above the default level, what each did."""
    for gate in _GATES if level else _failed(decision):
        target.gates[gate].description = gate_sentence(decision, gate)
    for number, opens in decision.opens.items():
        put_instant(target.gates[number].next_time, opens)


def _failed(decision: Decision) -> tuple[Gate, ...]:
    failed = decision.statuses.find(Status.FAIL)
    return (_GATES[failed],) if failed >= 0 else ()
