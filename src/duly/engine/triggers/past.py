"""The past as triggers read it: which events of a user go together with the one at hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from duly.conditions.context import History
from duly.engine.event import Event
from duly.engine.history import Message
from duly.engine.keys import thing
from duly.planning.plan import Key, at_path


class Messages(Protocol):
    """Events of one user, message ids included."""

    def newest(self, name: str) -> Iterator[Message]:
        """The kept events of a name as (event time, properties, message id), newest first."""


class Past(Messages, History, Protocol):
    """All that is remembered of one user, and what everybody's opens say."""

    def everybody(self, now: int) -> Sequence[int]:
        """Opens by hour of the local day, of all users."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Why something that waited does so no longer: the reason, and the event that ended it with its time."""

    reason: str
    event: str
    time: int


def correlation(properties: dict[str, Any], key: Key | None) -> str | None:
    """The value that two events must share as text, empty where they need none; None for an event that has none."""
    return "" if key is None else thing(at_path(properties, key))


def alike(
    history: Messages, names: tuple[str, ...], key: Key | None, value: str, since: int
) -> Iterator[tuple[str, Message]]:
    """The events from `since` on called one of `names` with this value under the key, each name's newest first."""
    for name in names:
        for message in history.newest(name):
            if message[0] < since:
                break
            if correlation(message[1], key) == value:
                yield name, message


@dataclass(frozen=True, slots=True)
class Lone:
    """A past that consists of one event."""

    event: Event

    def newest(self, name: str) -> Iterator[Message]:
        """The event, if it has that name."""
        event = self.event
        if event.name == name:
            yield event.time, event.properties, event.message_id
