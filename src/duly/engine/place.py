"""Where a decision stands among all, in order of time."""

from __future__ import annotations

Place = bytes
"""Time, random digits and user of a decision, then its bucket; later decisions have greater places."""

LAST: Place = b"\xff" * 20
"""Behind all places of this aeon."""


def place_of(decision: bytes) -> Place:
    """The place of the decision with an id."""
    return decision[8:] + decision[2:8] + decision[:2]


def decision_at(place: Place) -> bytes:
    """The id of the decision at a place."""
    return place[18:] + place[12:18] + place[:12]


def moment(instant: int) -> bytes:
    """What the places of an instant's millisecond start with."""
    return max(instant // 1_000, 0).to_bytes(6, "big")
