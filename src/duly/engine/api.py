"""Questions put to the engine and its answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from msgspec import Struct

from duly.engine.decision import Decision
from duly.engine.event import Event, Flaw
from duly.engine.state import User


class Mode(IntEnum):
    """PEEK changes nothing, RESERVE takes the slot for a lease, COMMIT takes it for good."""

    PEEK = 1
    RESERVE = 2
    COMMIT = 3


class Question(Struct):
    """
    "Should I notify this user now?"

    About `event`, or without one: is anything due. `rule` narrows it to one rule. `time` is the instant a PEEK asks
    about. `lease` (microseconds) is that of a RESERVE. `full` also wants the rules that did not match. `digest` is a
    hash of the whole request, compared when its `request_id` comes again.
    """

    identity: str
    mode: Mode = Mode.COMMIT
    event: Event | None = None
    rule: str = ""
    time: int | None = None
    request_id: str = ""
    digest: bytes = b""
    lease: int = 60_000_000
    full: bool = False


class Answer(Struct):
    """A decision for each rule that had something to say, or what was wrong with the question."""

    decisions: list[Decision] = []
    rules_version: str = ""
    flaw: Flaw | None = None


class Intake(IntEnum):
    """What became of an event."""

    ACCEPTED = 1
    DUPLICATE = 2
    REJECTED = 3


class Taken(Struct):
    """The result of one event; a rejected one says why."""

    intake: Intake
    flaw: Flaw | None = None


@dataclass(slots=True)
class Handed:
    """
    A notification handed to a worker until `lease_until` (an instant), for the `attempt`th time (from 1).

    `due` is the instant for which it waited, 0 when it is not handed out for the first time.
    """

    decision: Decision
    lease_until: int
    attempt: int
    user: User
    due: int = 0


@dataclass(slots=True)
class Wanted:
    """Which notifications a worker takes; empty means all."""

    rules: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


OUTCOMES = ("sent", "failed", "opened", "dismissed", "converted", "unsubscribed")


@dataclass(slots=True)
class Report:
    """What became of a notification: one of `OUTCOMES`, at an instant; `description` is kept with it."""

    decision: bytes
    outcome: str
    time: int
    description: str = ""


class Recorded(IntEnum):
    """What became of a report."""

    RECORDED = 1
    DUPLICATE = 2
    REJECTED = 3


@dataclass(slots=True)
class Reported:
    """The result of one report."""

    recorded: Recorded
    flaw: Flaw | None = None
