"""All that an event of a user sets off besides the rules that it starts."""

from __future__ import annotations

from typing import NamedTuple

from duly.engine.event import ALIAS, IDENTIFY, SCREEN, TRACK, Event
from duly.engine.triggers.cancel import cancel, recheck
from duly.engine.triggers.pair import complete
from duly.engine.triggers.recurrence import enrol
from duly.engine.triggers.segment import before_event, look
from duly.engine.triggers.work import Work


class Expected(NamedTuple):
    """
    What was known before an event was written down: whether its user is new, and whether it can change segments.

    A user is new as well whom the same call has just made out of an anonymous identity.
    """

    newcomer: bool
    segments: bool


def expect(work: Work, identity: str, event: Event) -> Expected:
    """Get ready for an event that is about to be written down."""
    newcomer = work.session.user(identity).created in (0, work.now)
    return Expected(newcomer, before_event(work, identity, event))


def hear(work: Work, identity: str, event: Event, expected: Expected, silent: bool) -> None:
    """Deal with an event that has just been written down; one that is loaded as history changes silently."""
    if expected.segments:
        look(work, identity, work.now, silent)
    if silent:
        return
    if event.type in (TRACK, SCREEN):
        cancel(work, identity, event)
        complete(work, identity, event)
    if event.type in (ALIAS, IDENTIFY):
        recheck(work, identity)
    if expected.newcomer and work.plan.recurring:
        enrol(work, identity)
