"""All that an event of a user sets off besides the rules that it starts."""

from __future__ import annotations

from duly.engine.event import SCREEN, TRACK, Event
from duly.engine.triggers.cancel import cancel
from duly.engine.triggers.pair import complete
from duly.engine.triggers.work import Work


def hear(work: Work, identity: str, event: Event) -> None:
    """Deal with an event that has just been written down."""
    if event.type in (TRACK, SCREEN):
        cancel(work, identity, event)
        complete(work, identity, event)
