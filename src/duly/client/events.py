"""Makes events: in Python, or of lines of JSON in the shape that Segment's libraries send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

import msgspec
from google.protobuf.timestamp_pb2 import Timestamp

from duly.v1.event_pb2 import (
    EVENT_TYPE_ALIAS,
    EVENT_TYPE_GROUP,
    EVENT_TYPE_IDENTIFY,
    EVENT_TYPE_PAGE,
    EVENT_TYPE_SCREEN,
    EVENT_TYPE_TRACK,
    EVENT_TYPE_UNSPECIFIED,
    Event,
    EventType,
)

Type = Literal["track", "identify", "alias", "group", "page", "screen"]

TYPES: dict[Type | None, EventType.ValueType] = {
    None: EVENT_TYPE_UNSPECIFIED,
    "track": EVENT_TYPE_TRACK,
    "identify": EVENT_TYPE_IDENTIFY,
    "alias": EVENT_TYPE_ALIAS,
    "group": EVENT_TYPE_GROUP,
    "page": EVENT_TYPE_PAGE,
    "screen": EVENT_TYPE_SCREEN,
}

_EMPTY = msgspec.Raw()
_ABSENT = (_EMPTY, msgspec.Raw(b"null"))
_Zoned = Annotated[datetime, msgspec.Meta(tz=True)]


class Segment(msgspec.Struct, rename="camel", gc=False, forbid_unknown_fields=True):
    """
    One message as Segment's libraries write it. Properties, traits and context stay the JSON they are.

    The last fields are known and of no use here; `sentAt` is among them, because what is read from a file was not sent
    just now. Times need a zone.
    """

    type: Type | None = None
    event: str | None = None
    name: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    message_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    timestamp: _Zoned | None = None
    properties: msgspec.Raw = _EMPTY
    traits: msgspec.Raw = _EMPTY
    context: msgspec.Raw = _EMPTY
    integrations: msgspec.Raw = _EMPTY
    sent_at: msgspec.Raw = _EMPTY
    original_timestamp: msgspec.Raw = _EMPTY
    received_at: msgspec.Raw = _EMPTY
    category: msgspec.Raw = _EMPTY
    channel: msgspec.Raw = _EMPTY
    version: msgspec.Raw = _EMPTY
    project_id: msgspec.Raw = _EMPTY
    write_key: msgspec.Raw = _EMPTY
    metadata: msgspec.Raw = msgspec.field(name="_metadata", default=_EMPTY)


class Lenient(Segment, forbid_unknown_fields=False):
    """The same, whatever other fields there are."""


def event_of(message: Segment) -> Event:
    """The event that a message says. Without a type the service takes it for a track event, if it has a name."""
    event = Event(
        type=TYPES[message.type],
        event=message.event or message.name or "",
        user_id=message.user_id or "",
        anonymous_id=message.anonymous_id or "",
        message_id=message.message_id or "",
        previous_id=message.previous_id or "",
        group_id=message.group_id or "",
    )
    if message.timestamp is not None:
        event.timestamp.FromDatetime(message.timestamp)
    if message.properties not in _ABSENT:
        event.properties_json = bytes(message.properties)
    if message.traits not in _ABSENT:
        event.traits_json = bytes(message.traits)
    if message.context not in _ABSENT:
        event.context_json = bytes(message.context)
    return event


def track(
    event: str,
    *,
    user_id: str = "",
    anonymous_id: str = "",
    properties: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    time: datetime | None = None,
    message_id: str = "",
) -> Event:
    """Something that happened, now unless `time` (with a zone) says when; without ids, to no user in particular."""
    made = Event(
        type=EVENT_TYPE_TRACK,
        event=event,
        user_id=user_id,
        anonymous_id=anonymous_id,
        message_id=message_id or new_id(),
        properties_json=_json(properties),
        timestamp=timestamp(time or datetime.now(UTC)),
    )
    if context is not None:
        made.context_json = _json(context)
    return made


def identify(
    user_id: str = "",
    *,
    anonymous_id: str = "",
    traits: Mapping[str, Any] | None = None,
    time: datetime | None = None,
    message_id: str = "",
) -> Event:
    """Who a user is, now unless `time` (with a zone) says when."""
    return Event(
        type=EVENT_TYPE_IDENTIFY,
        user_id=user_id,
        anonymous_id=anonymous_id,
        message_id=message_id or new_id(),
        traits_json=_json(traits),
        timestamp=timestamp(time or datetime.now(UTC)),
    )


def new_id() -> str:
    """A message id that nobody else has."""
    return str(uuid4())


def timestamp(time: datetime) -> Timestamp:
    """A point in time; raises `ValueError` when it has no zone."""
    if time.tzinfo is None:
        raise ValueError(f"the time {time.isoformat()} has no zone; write {time.isoformat()}Z for UTC")
    made = Timestamp()
    made.FromDatetime(time)
    return made


def _json(values: Mapping[str, Any] | None) -> bytes:
    return msgspec.json.encode(values or {})
