"""`unless E`: whether something that happened at or after the trigger ends the notification."""

from __future__ import annotations

from duly.conditions.context import Facts
from duly.engine.candidate import Candidate
from duly.engine.state import User
from duly.engine.triggers.past import Ended, Messages, alike, correlation
from duly.engine.triggers.sequence import CANCELLED, undone
from duly.planning.sequence import UnlessPlan


def ending(candidate: Candidate, facts: Facts, user: User, history: Messages) -> Ended | None:
    """What ends the notification before its grant, if anything does: its trigger come undone, or an `unless`."""
    found = undone(candidate, user, history)
    if found is not None:
        return found
    for clause in candidate.rule.unless:
        found = _cancelled(candidate, clause, facts, history)
        if found is not None:
            return found
    return None


def _cancelled(candidate: Candidate, clause: UnlessPlan, facts: Facts, history: Messages) -> Ended | None:
    """The event itself does not count; where something has to fail to happen, what counts begins with the wait."""
    value = correlation(candidate.properties, clause.key)
    if value is None:
        return None
    since = candidate.time - candidate.rule.delay
    for name, (time, properties, message) in alike(history, clause.names, clause.key, value, since):
        if message != candidate.message_id and (clause.test is None or clause.test(facts, properties) is True):
            return Ended(CANCELLED, name, time)
    return None
