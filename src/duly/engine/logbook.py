"""The event log: what a user did, read back."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from duly.engine.event import Event
from duly.engine.keys import EVENT
from duly.engine.session import Session
from duly.engine.state import LoggedEvent, unpack_event

_PAGE = 1_000
_json = msgspec.json.Decoder()


def logged_event(session: Session, identity: str, time: int, message_id: str) -> Event | None:
    """One event of a user, under whichever of their identities it was logged; None when the log has it no more."""
    for known in (identity, *session.user(identity).identities):
        value = session.value(session.keys.event(session.keys.bucket(known), known, time, message_id))
        if value is not None:
            return _event(unpack_event(value))
    return None


def unowned_event(session: Session, time: int, message_id: str) -> Event | None:
    """One event that came without a user; None when the log has it no more."""
    value = session.value(session.keys.event(session.keys.bucket(message_id), "", time, message_id))
    return None if value is None else _event(unpack_event(value))


def logged_events(session: Session, identity: str) -> Iterator[Event]:
    """Every logged event of one identity, in order of event time."""
    start, stop = session.keys.of(session.keys.bucket(identity), EVENT, identity)
    while page := session.store.scan(start, stop, _PAGE):
        for _, value in page:
            yield _event(unpack_event(value))
        start = page[-1][0] + b"\0"


def _event(logged: LoggedEvent) -> Event:
    return Event(
        logged.message_id,
        logged.type,
        logged.name,
        logged.user_id,
        logged.anonymous_id,
        logged.time,
        logged.arrival,
        _json.decode(logged.properties),
        logged.properties,
        logged.traits,
        logged.context,
        logged.previous_id,
        logged.group_id,
    )
