"""From what is kept about a person to the records of an export."""

from __future__ import annotations

import msgspec

from duly.engine import event as kinds
from duly.engine.api import OUTCOMES
from duly.engine.decision import Decision, id_text
from duly.engine.dossier import Entry, Past, Related, Reported
from duly.engine.state import LoggedEvent
from duly.service.convert.decision import GATES, object_text, put_decision
from duly.service.convert.instant import put_instant
from duly.service.convert.structure import put_object
from duly.v1 import decision_service_pb2, event_pb2
from duly.v1 import user_service_pb2 as pb

_TYPES = {name: event_pb2.EventType.ValueType(number) for number, name in enumerate(kinds.TYPES, 1)}


def record_of(entry: Entry) -> pb.ExportRecord:
    """One record of an export."""
    record = pb.ExportRecord()
    if isinstance(entry, Related):
        record.relation.relation, record.relation.object = entry.relation, object_text(entry.thing)
        record.relation.member = entry.member
        put_instant(record.relation.time, entry.time)
    elif isinstance(entry, Past):
        record.history.event, record.history.message_id = entry.event, entry.message_id
        put_object(record.history.properties, entry.properties)
        put_instant(record.history.time, entry.time)
    elif isinstance(entry, LoggedEvent):
        _put_event(record.event, entry)
    elif isinstance(entry, Decision):
        put_decision(record.decision, entry, GATES)
    else:
        _put_outcome(record.outcome, entry)
    return record


def _put_outcome(target: decision_service_pb2.Outcome, entry: Reported) -> None:
    target.decision_id = id_text(entry.decision)
    target.type = decision_service_pb2.OutcomeType.ValueType(OUTCOMES.index(entry.outcome) + 1)
    target.description = entry.description
    put_instant(target.time, entry.time)


def _put_event(target: event_pb2.Event, entry: LoggedEvent) -> None:
    target.message_id, target.type, target.event = entry.message_id, _TYPES[entry.type], entry.name
    target.user_id, target.anonymous_id = entry.user_id, entry.anonymous_id
    target.previous_id, target.group_id = entry.previous_id, entry.group_id
    put_instant(target.timestamp, entry.time)
    put_object(target.properties, msgspec.json.decode(entry.properties))
    if entry.traits is not None:
        put_object(target.traits, entry.traits)
    if entry.context is not None:
        put_object(target.context, entry.context)
