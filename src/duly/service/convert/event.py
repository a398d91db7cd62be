"""From protobuf events to the engine's."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from duly.engine import event as kinds
from duly.engine.event import Event, Object
from duly.service.convert.flawed import flawed
from duly.service.convert.instant import SECOND, in_range, instant_of
from duly.service.convert.structure import object_of_json, object_of_struct
from duly.v1 import event_pb2 as pb

_TYPES = ("", kinds.TRACK, kinds.IDENTIFY, kinds.ALIAS, kinds.GROUP, kinds.PAGE, kinds.SCREEN)


def event_of(message: pb.Event, arrival: int) -> Event:
    """
    The event of a message that arrived at the instant `arrival`; raises `Flawed` when it cannot be read.

    A message without a type but with an event's name is a track event. Ids and names are left to the engine to judge.
    """
    number, name = message.type, message.event
    if not 0 < number < len(_TYPES):
        if number or not name:
            raise _type_flaw(number)
        number = pb.EVENT_TYPE_TRACK
    form = message.WhichOneof("properties_form")
    if form == "properties_json":
        raw = message.properties_json
        properties = object_of_json(raw, "properties_json")
    elif form is None:
        properties, raw = {}, b"{}"
    else:
        properties, raw = object_of_struct(message.properties, "properties")
    return Event(
        message.message_id,
        _TYPES[number],
        name,
        message.user_id,
        message.anonymous_id,
        _time(message, arrival) if message.HasField("timestamp") else arrival,
        arrival,
        properties,
        raw,
        _traits(message),
        _context(message),
        message.previous_id,
        message.group_id,
    )


def clamped(message: pb.Event, event: Event) -> bool:
    """Whether the event claimed to be from the future and was taken to be from now."""
    return event.time == event.arrival and message.HasField("timestamp") and _corrected(message, event) > event.arrival


def _corrected(message: pb.Event, event: Event) -> int:
    time = instant_of(message.timestamp)
    return event.arrival - (instant_of(message.sent_at) - time) if message.HasField("sent_at") else time


def _time(message: pb.Event, arrival: int) -> int:
    """Event time: what the sender's clock was wrong by when it sent is taken off; never after the arrival."""
    stamp = message.timestamp
    time = stamp.seconds * SECOND + stamp.nanos // 1000
    if not (0 < time <= arrival and 0 <= stamp.nanos < 1_000_000_000):
        _demand(stamp, "timestamp")
    if message.HasField("sent_at"):
        _demand(message.sent_at, "sent_at")
        time += arrival - instant_of(message.sent_at)
    return min(time, arrival)


def _demand(stamp: Timestamp, field: str) -> None:
    if not in_range(stamp):
        raise flawed(field, "out-of-range", f"{field} is not a time between the years 1 and 9999")


def _traits(message: pb.Event) -> Object | None:
    form = message.WhichOneof("traits_form")
    if form is None:
        return None
    if form == "traits_json":
        return object_of_json(message.traits_json, "traits_json")
    return object_of_struct(message.traits, "traits")[0]


def _context(message: pb.Event) -> Object | None:
    form = message.WhichOneof("context_form")
    if form is None:
        return None
    if form == "context_json":
        return object_of_json(message.context_json, "context_json")
    return object_of_struct(message.context, "context")[0]


def _type_flaw(number: int) -> Exception:
    if number:
        return flawed("type", "unknown", f"type {number} is not one this version knows: {', '.join(kinds.TYPES)}")
    return flawed("type", "missing", f"type is required: one of {', '.join(kinds.TYPES)}")
