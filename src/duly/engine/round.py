"""What the engine goes by when something is read, evaluated and written in one go, by whomever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from duly.engine.store import Commit


class Round(Protocol):
    """One round of reading, evaluating and writing, such as a `Session`; where it has to be told what is new."""

    @property
    def dues(self) -> Sequence[tuple[int, int]]:
        """What was entered into the due queue: buckets and instants."""

    @property
    def checks(self) -> Sequence[tuple[int, int]]:
        """When segments are to be looked at: buckets and instants."""

    def commit(self) -> Commit:
        """All that changes."""
