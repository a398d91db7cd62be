"""What one may ask of a condition that has three truths."""

from __future__ import annotations

from enum import Enum


class Want(Enum):
    """A set of truths: `TRUE`, `FALSE`, or anything but one of them, where unknown is neither."""

    TRUE = frozenset({True})
    FALSE = frozenset({False})
    NOT_TRUE = frozenset({False, None})
    NOT_FALSE = frozenset({True, None})

    __hash__ = object.__hash__  # members are compared by identity, and Enum's own hash is slow

    def __init__(self, truths: frozenset[bool | None]) -> None:
        self.truths = truths
        self.positive = True in truths
        self.open = None in truths

    @property
    def flipped(self) -> Want:
        """What to ask of a condition so that its `not` is as wanted."""
        return _FLIPPED[self]


_FLIPPED = {
    Want.TRUE: Want.FALSE,
    Want.FALSE: Want.TRUE,
    Want.NOT_TRUE: Want.NOT_FALSE,
    Want.NOT_FALSE: Want.NOT_TRUE,
}
