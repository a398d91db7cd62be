"""What happened: events as the engine sees them, who they concern, and the limits they must keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

Object = dict[str, Any]

TRACK, IDENTIFY, ALIAS, GROUP, PAGE, SCREEN = "track", "identify", "alias", "group", "page", "screen"
TYPES = (TRACK, IDENTIFY, ALIAS, GROUP, PAGE, SCREEN)

MAX_ID = 256
MAX_NAME = 256
MAX_BYTES = 32 * 1024
MAX_DEPTH = 64

_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


def known(user_id: str) -> str:
    """The identity of a user id: the text under which the engine keeps its state."""
    return "u:" + user_id


def anonymous(anonymous_id: str) -> str:
    """The identity of an anonymous id; never the same as a user id of the same text."""
    return "a:" + anonymous_id


def identity(user_id: str, anonymous_id: str) -> str:
    """The identity two ids name: the user id's if there is one, else the anonymous one's, else the empty text."""
    if user_id:
        return "u:" + user_id
    return "a:" + anonymous_id if anonymous_id else ""


class Event(Struct):
    """
    One event. `time` (event time, corrected for skew, never after `arrival`) and `arrival` are instants.

    `raw` are the properties as the JSON they arrived in, kept for the log. `identity` is empty for an event without a
    user.
    """

    message_id: str
    type: str
    name: str
    user_id: str
    anonymous_id: str
    time: int
    arrival: int
    properties: Object
    raw: bytes = b"{}"
    traits: Object | None = None
    context: Object | None = None
    previous_id: str = ""
    group_id: str = ""

    @property
    def identity(self) -> str:
        """Whom it concerns."""
        return identity(self.user_id, self.anonymous_id)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why an event or question cannot be taken: the field, a kebab-case reason and a sentence with the way out."""

    field: str
    reason: str
    description: str


def id_flaw(field: str, value: str, required: bool = False) -> Flaw | None:
    """What is wrong with an id: nothing, or that it is missing, too long, or holds control characters."""
    if not value:
        return Flaw(field, "missing", f"{field} is required") if required else None
    if len(value) > MAX_ID:
        return Flaw(field, "too-long", f"{field} has {len(value)} characters, at most {MAX_ID} are allowed")
    if not value.isprintable() and _UNSAFE.search(value):
        return Flaw(field, "control-character", f"{field} contains a control character; send the id without it")
    return None


def flaw(event: Event) -> Flaw | None:
    """The first reason why an event cannot be taken, if any."""
    if _is_plain(event):
        return None
    return (
        id_flaw("message_id", event.message_id, required=True)
        or id_flaw("user_id", event.user_id)
        or id_flaw("anonymous_id", event.anonymous_id)
        or id_flaw("previous_id", event.previous_id)
        or _name_flaw(event)
        or _type_flaw(event)
    )


def _is_plain(event: Event) -> bool:
    """Whether a track event is so ordinary that one look is enough."""
    if event.type != TRACK or not event.message_id or not event.name:
        return False
    texts = f"{event.message_id}{event.user_id}{event.anonymous_id}{event.previous_id}{event.name}"
    return len(texts) <= MAX_ID and texts.isprintable()


def _name_flaw(event: Event) -> Flaw | None:
    if event.type == TRACK and not event.name:
        return Flaw("event", "missing", "event is required: the name of what happened")
    if len(event.name) > MAX_NAME:
        return Flaw("event", "too-long", f"event has {len(event.name)} characters, at most {MAX_NAME} are allowed")
    if not event.name.isprintable() and _UNSAFE.search(event.name):
        return Flaw("event", "control-character", "event contains a control character; send the name without it")
    return None


def _type_flaw(event: Event) -> Flaw | None:
    if event.type not in TYPES:
        return Flaw("type", "unknown", f"type must be one of {', '.join(TYPES)}")
    if event.type == ALIAS and not event.previous_id:
        return Flaw("previous_id", "missing", "an alias needs previous_id: the id that is to be merged")
    if event.type in (IDENTIFY, ALIAS, GROUP) and not event.identity:
        return Flaw("user_id", "missing", f"user_id or anonymous_id is required for {event.type}")
    return None


def depth_exceeds(value: object, limit: int = MAX_DEPTH) -> bool:
    """Whether objects and lists are nested deeper than `limit`; walks without recursion."""
    level: list[object] = [value]
    for _ in range(limit):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
