"""The exception by which a conversion says that a request cannot be understood."""

from __future__ import annotations

from collections.abc import Iterable

from duly.engine.event import Flaw


class Flawed(Exception):
    """A request names things that are not there or holds values that mean nothing; `flaws` says which."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(flaw.description for flaw in self.flaws))


def flawed(field: str, reason: str, description: str) -> Flawed:
    """A request with one flaw."""
    return Flawed((Flaw(field, reason, description),))


def under(prefix: str, flaw: Flaw) -> Flaw:
    """A flaw of a part of a request as a flaw of the whole: its field starts with `prefix`."""
    return Flaw(prefix + flaw.field, flaw.reason, flaw.description)
