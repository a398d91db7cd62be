"""What a condition may read while it is evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

Past = tuple[int, dict[str, Any]]
"""One kept event: its event time (an instant) and the properties the plan keeps."""


class Absence(Enum):
    """The type of `MISSING`."""

    MISSING = "missing"


MISSING = Absence.MISSING
"""What a compiled value gives when it is unknown."""


class Zone(Protocol):
    """The user's time zone."""

    def wall(self, instant: int) -> int:
        """Microseconds since 1970-01-01 00:00 on the wall clock at `instant`."""


class History(Protocol):
    """What is remembered of one user's past events."""

    def events(self, names: tuple[str, ...]) -> Sequence[Past]:
        """The kept events called one of `names`, by event time, newest last."""

    def complete_since(self, names: tuple[str, ...]) -> int:
        """The instant since which no event called one of `names` can be missing."""

    def overflowed(self, names: tuple[str, ...], since: int) -> bool:
        """Whether events later than `since` were dropped because a user had too many; the newest are kept."""


class Facts(Protocol):
    """
    One user, one trigger, one instant.

    `event` and `traits` are decoded JSON. `related` says for each relation whether the user is a member of it for the
    object the event is about. `consent` maps a category, or `channel/category`, to `subscribed`, `unsubscribed` or
    `did-not-subscribe`. `now` is the instant of the evaluation.
    """

    @property
    def event(self) -> dict[str, Any]:
        """The properties of the trigger."""

    @property
    def traits(self) -> dict[str, Any]:
        """The user's traits."""

    @property
    def related(self) -> Mapping[str, bool]:
        """Relation name to membership; a name that is absent means no."""

    @property
    def consent(self) -> Mapping[str, str]:
        """Category to consent; a category that is absent means unknown."""

    @property
    def history(self) -> History:
        """The user's past."""

    @property
    def now(self) -> int:
        """The instant of the evaluation."""

    @property
    def zone(self) -> Zone:
        """The user's time zone."""

    def segment(self, name: str) -> bool | None:
        """The truth of a segment for this user; None is unknown."""
