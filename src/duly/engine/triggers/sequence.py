"""
`A then B` and `A, then no B`: whether an instance exists, given everything that is known of the user.

All of it is read off the events known so far, by event time, so the order in which they arrived makes no difference.
"""

from __future__ import annotations

from duly.conditions.words import duration_words, event_words
from duly.engine.candidate import Candidate
from duly.engine.state import User
from duly.engine.triggers.past import Ended, Messages, alike, correlation
from duly.meaning.model import SequenceTrigger

RESTARTED, CANCELLED = "restarted", "cancelled"


def missing(candidate: Candidate, user: User, history: Messages) -> str:
    """Why the event at hand makes no instance of its rule, in words; the empty text when it does."""
    trigger = candidate.rule.rule.trigger
    if not isinstance(trigger, SequenceTrigger):
        return ""
    value = correlation(candidate.properties, trigger.key)
    if value is None:
        return f"{'.'.join(trigger.key or ())} is missing, so that no other event can have the same"
    if trigger.absent:
        ended = undone(candidate, user, history)
        return "" if ended is None else f"{ended.event} happened after it"
    if _is_preceded(candidate, trigger, value, history):
        return ""
    return f"no {event_words(trigger.first)} in the {duration_words(trigger.within)} before"


def undone(candidate: Candidate, user: User, history: Messages) -> Ended | None:
    """What ends the wait for something not to happen: that it happened, or that it all began anew."""
    trigger = candidate.rule.rule.trigger
    if not isinstance(trigger, SequenceTrigger) or not trigger.absent:
        return None
    value = correlation(candidate.properties, trigger.key)
    start, end = candidate.time - trigger.within, candidate.time
    if value is None:
        return None
    for name, (time, _, message) in alike(history, trigger.first, trigger.key, value, start):
        if (time, message) > (start, candidate.message_id):
            return Ended(RESTARTED, name, time)
    for name, (time, _, _) in alike(history, trigger.second, trigger.key, value, start + 1):
        if time <= end:
            return Ended(CANCELLED, name, time)
    return _newer(candidate, value, user, start)


def _newer(candidate: Candidate, value: str, user: User, start: int) -> Ended | None:
    """An instance that a later event about a thing left waiting; such events are in nobody's history."""
    for pending in user.pending:
        newer = (pending.event_time, pending.message_id) > (start, candidate.message_id)
        if newer and pending.rule == candidate.rule.name and pending.key == value:
            return Ended(RESTARTED, pending.event, pending.event_time)
    return None


def _is_preceded(candidate: Candidate, trigger: SequenceTrigger, value: str, history: Messages) -> bool:
    start, end = candidate.time - trigger.within, candidate.time
    return any(time < end for _, (time, _, _) in alike(history, trigger.first, trigger.key, value, start))
