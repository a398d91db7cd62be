"""The wire format of Segment: from the JSON that its SDKs and those of RudderStack send to the engine's events."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from duly.engine.event import IDENTIFY, TRACK, Event, Flaw, Object
from duly.service.convert.flawed import Flawed, flawed
from duly.service.convert.structure import object_of_json
from duly.service.http.refusals import NotJson

Shape = TypeVar("Shape")

LARGEST_EVENT = 32 * 1024
"""Bytes of one event as it was sent, Segment's 32 KB."""

_EMPTY = msgspec.Raw()
_ABSENT = (_EMPTY, msgspec.Raw(b"null"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = -62_135_596_800_000_000
"""The instant at which the year 1 begins, the earliest that a timestamp may hold."""

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)", re.DOTALL
)
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


class Batch(msgspec.Struct, rename="camel", gc=False):
    """The body of a batch. `context` is for all messages; `sentAt` is when the client sent it, by its own clock."""

    batch: list[msgspec.Raw]
    context: msgspec.Raw = _EMPTY
    sent_at: msgspec.Raw = _EMPTY
    write_key: msgspec.Raw = _EMPTY


class Message(msgspec.Struct, rename="camel", gc=False):
    """One message as it is sent. What is not listed is ignored. Ids may be numbers, which older SDKs send."""

    type: str | None = None
    event: str | None = None
    name: str | None = None
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    message_id: str | int | None = None
    previous_id: str | int | None = None
    group_id: str | int | None = None
    timestamp: datetime | None = None
    original_timestamp: datetime | None = None
    sent_at: msgspec.Raw = _EMPTY
    properties: msgspec.Raw = _EMPTY
    traits: msgspec.Raw = _EMPTY
    context: msgspec.Raw = _EMPTY


class _Key(msgspec.Struct, rename="camel", gc=False):
    write_key: msgspec.Raw = _EMPTY


class Letter:
    """
    What one request carries: the messages, one for each event, and what holds for all of them.

    `type` is the one that the path names, empty for a batch. Raises `NotJson`.
    """

    def __init__(self, text: bytes, type: str = "") -> None:
        text, self.type = _mended(text), type
        if type:
            self.messages = [msgspec.Raw(text)]
            self._key, self._sent, self._context = _decoded(text, _KEY).write_key, None, _EMPTY
        else:
            batch = _decoded(text, _BATCH)
            self.messages = batch.batch
            self._key, self._sent, self._context = batch.write_key, _instant_in(batch.sent_at), batch.context

    @property
    def write_key(self) -> str:
        """The key in the body, empty if there is none."""
        key = _decoded(self._key, _ANY) if self._key else ""
        return key if isinstance(key, str) else ""

    def events(self, received: int) -> list[Event | Flaw]:
        """The event of each message, received at that instant, or why it is none."""
        try:
            common = _object(self._context, "context") or {}
        except Flawed as error:
            return [error.flaws[0]] * len(self.messages)
        return [self._event(message, common, received) for message in self.messages]

    def _event(self, raw: msgspec.Raw, common: Object, received: int) -> Event | Flaw:
        try:
            if memoryview(raw).nbytes > LARGEST_EVENT:
                raise flawed("", "too-large", f"an event may have {LARGEST_EVENT} bytes")
            return _event_of(_message(raw), self.type, common, self._sent, received)
        except Flawed as error:
            return error.flaws[0]


_BATCH, _MESSAGE, _KEY = msgspec.json.Decoder(Batch), msgspec.json.Decoder(Message), msgspec.json.Decoder(_Key)
_ANY, _TIME = msgspec.json.Decoder(), msgspec.json.Decoder(datetime)


def _decoded(text: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[Shape]) -> Shape:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise NotJson(f"the body is JSON of another kind than is asked for: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotJson("the body is not JSON") from None
    except RecursionError:
        raise NotJson("the body is nested too deep") from None


def _mended(text: bytes) -> bytes:
    """
    The text with U+FFFD for halves of surrogate pairs.

    JavaScript and Python write them where a text was cut in the middle of an emoji, and strict readers take offence.
    """
    if rb"\ud" not in text and rb"\uD" not in text:
        return text
    return _ESCAPE.sub(_whole, text)


def _whole(escape: re.Match[bytes]) -> bytes:
    found = escape[0]
    return rb"\ufffd" if len(found) == 6 and found[2:3] in b"dD" else found


def _message(raw: msgspec.Raw) -> Message:
    try:
        return _MESSAGE.decode(raw)
    except msgspec.ValidationError as error:
        sentence = str(error)
        found = _PATH.search(sentence)
        raise flawed(found[1] if found else "", "invalid-value", _PATH.sub("", sentence)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise flawed("", "invalid-json", "the message is not JSON in UTF-8, or is nested too deep") from None


def _event_of(message: Message, type: str, common: Object, sent: int | None, received: int) -> Event:
    name = message.event or message.name or ""
    properties = _object(message.properties, "properties")
    context = {**common, **(_object(message.context, "context") or {})}
    kind = type or message.type or (TRACK if name else "")
    return Event(
        _text(message.message_id) or str(uuid4()),
        kind,
        name,
        _text(message.user_id),
        _text(message.anonymous_id),
        _time(message, sent, received),
        received,
        properties or {},
        b"{}" if properties is None else bytes(message.properties),
        _traits(message, kind, context),
        context or None,
        _text(message.previous_id),
        _text(message.group_id),
    )


def _text(id: str | int | None) -> str:
    return id if isinstance(id, str) else "" if id is None else str(id)


def _object(raw: msgspec.Raw, field: str) -> Object | None:
    return None if raw in _ABSENT else object_of_json(bytes(raw), field)


def _traits(message: Message, type: str, context: Object) -> Object | None:
    """Those of the message; RudderStack's SDKs put those of an identify message into its context instead."""
    traits = _object(message.traits, "traits")
    if traits or type != IDENTIFY:
        return traits
    inside: Any = context.get("traits")
    return inside if isinstance(inside, dict) else traits


def _time(message: Message, batch_sent: int | None, received: int) -> int:
    """
    When it happened: received - (sentAt - originalTimestamp), so that the client's clock need not be right.

    What Segment calls originalTimestamp its SDKs send as `timestamp`; those of RudderStack send `timestamp` too where
    the app names a time itself. It is never after `received`.
    """
    said = message.timestamp or message.original_timestamp
    if said is None:
        return received
    sent = _instant_in(message.sent_at) if batch_sent is None else batch_sent
    time = _instant(said)
    if sent is not None:
        time += received - sent
    return max(_FIRST, min(time, received))


def _instant_in(raw: msgspec.Raw) -> int | None:
    """A time of sending; one that is none is as good as absent."""
    try:
        return None if raw in _ABSENT else _instant(_TIME.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _instant(time: datetime) -> int:
    """A time without a zone is one of UTC."""
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
