"""What the compiled core knows of a time zone: the changes of its clock, for some decades."""

from __future__ import annotations

from time import time

from duly.meaning.model import DAY, SECOND
from duly.timing.zone import known_zones, zone

AHEAD = 25 * 366 * DAY
"""How far from today. The solver looks ten years ahead; a process that lives to see the end of the rest is declined."""

Parts = tuple[list[int], list[int], list[int], int, list[int]]
"""Where offsets begin, the offsets, where they begin on the wall, until when they are complete, the dates skipped."""


def zone_parts(name: str) -> Parts | None:
    """All about the zone of a name; None when it is not the name of a zone."""
    if name not in known_zones():
        return None
    changes, skipped = zone(name).known(int(time()) * SECOND + AHEAD)
    return changes.starts, changes.offsets, changes.walls, changes.until, sorted(skipped)
