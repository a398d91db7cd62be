"""
Everything that is kept about a person besides their state, read back in pages: relations, histories, events, decisions.

Places are, behind the number of the part and of the identity they belong to, the keys of the store, and of decisions,
which are given in order of time whatever the identity, their places in the log; they sort as they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from duly.engine.decision import Decision
from duly.engine.decision_log import DecisionLog
from duly.engine.engine import Engine
from duly.engine.history import past_events
from duly.engine.keys import EVENT, HISTORY, RELATED
from duly.engine.place import place_of
from duly.engine.state import LoggedEvent, is_member, moved_at, unpack_event
from duly.engine.store import bucket_prefix

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Related:
    """A relation to a thing, given by its key as text, as it was last said at the instant `time`."""

    relation: str
    thing: str
    member: bool
    time: int


@dataclass(frozen=True, slots=True)
class Past:
    """One kept event of a history, with the properties that some rule reads."""

    event: str
    time: int
    properties: dict[str, Any]
    message_id: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What was reported of a decision, at an instant, and the words that came with it."""

    decision: bytes
    outcome: str
    time: int
    description: str


Entry = Related | Past | LoggedEvent | Decision | Reported
Read = Callable[[str, bytes, bytes], Iterator[Entry]]


class Dossier:
    """What one engine keeps about a person with these identities."""

    def __init__(self, engine: Engine, identities: list[str]) -> None:
        self._store, self._keys, self._identities = engine.store, engine.keys, identities
        self._log = DecisionLog(engine.store, engine.keys)
        self._parts: tuple[tuple[bytes, Read], ...] = (
            (RELATED, self._related),
            (HISTORY, self._past),
            (EVENT, self._event),
        )

    def entries(self, after: bytes | None = None) -> Iterator[tuple[bytes, Entry]]:
        """All entries behind the place `after`, each with its own place."""
        from_part, from_who = (after[0], after[1]) if after else (0, 0)
        for part, (kind, read) in enumerate(self._parts):
            for who, identity in enumerate(self._identities):
                if (part, who) >= (from_part, from_who):
                    here = bytes([part, who])
                    yield from self._behind(here, kind, identity, read, after)
        yield from self._decided(bytes([len(self._parts), 0]), after)

    def _behind(
        self, here: bytes, kind: bytes, identity: str, read: Read, after: bytes | None
    ) -> Iterator[tuple[bytes, Entry]]:
        start, stop = self._keys.of(self._keys.bucket(identity), kind, identity)
        done = _done(here, after)
        reached = bucket_prefix(self._keys.bucket(identity)) + kind + done[:-2] if done else start
        while page := self._store.scan(reached, stop, _PAGE):
            for key, value in page:
                for number, entry in enumerate(read(identity, key, value)):
                    place = key[3:] + number.to_bytes(2, "big")
                    if place > done:
                        yield here + place, entry
            reached = page[-1][0] + b"\0"

    def _decided(self, here: bytes, after: bytes | None) -> Iterator[tuple[bytes, Entry]]:
        """Each decision with what was reported of it."""
        done = _done(here, after)
        for decision in self._log.of_user_from(self._identities, done[:-2]):
            entries: list[Entry] = [decision, *_reported(decision)]
            for number, entry in enumerate(entries):
                place = place_of(decision.id) + number.to_bytes(2, "big")
                if place > done:
                    yield here + place, entry

    def _related(self, identity: str, key: bytes, value: bytes) -> Iterator[Entry]:
        _, relation, thing = key[3:].decode().split("\0")
        member = self._store.read((self._keys.member(self._keys.bucket(identity), relation, thing, identity),))[0]
        if member is not None and moved_at(member) is None:
            yield Related(relation, thing, is_member(member), int.from_bytes(member[:8], "big"))

    def _past(self, identity: str, key: bytes, value: bytes) -> Iterator[Entry]:
        name = key[3:].decode().split("\0")[1]
        return (Past(name, time, properties, known) for time, properties, known in past_events(value))

    def _event(self, identity: str, key: bytes, value: bytes) -> Iterator[Entry]:
        yield unpack_event(value)


def _reported(decision: Decision) -> Iterator[Reported]:
    said = decision.descriptions
    return (Reported(decision.id, kind, time, said.get(kind, "")) for kind, time in decision.outcomes)


def _done(here: bytes, after: bytes | None) -> bytes:
    """The place up to which a part was given already, empty at its beginning."""
    return after[2:] if after is not None and after[:2] == here else b""
