"""The first of two events arrives after the second: the instance is that of the second."""

from __future__ import annotations

import msgspec

from duly.engine.candidate import Candidate, decided
from duly.engine.event import TRACK, Event
from duly.engine.history import StoredHistory
from duly.engine.logbook import logged_event
from duly.engine.merge import instance_of
from duly.engine.triggers.past import alike, correlation
from duly.engine.triggers.work import Work
from duly.meaning.model import SequenceTrigger
from duly.planning.plan import RulePlan

_json = msgspec.json.Encoder()


def complete(work: Work, identity: str, event: Event) -> None:
    """Make the instances of the later events for which this one was missing."""
    candidates: list[Candidate] = []
    for rule in work.plan.firsts.get(event.name, ()):
        candidates += [work.candidate(identity, later, rule) for later in _followers(work, identity, event, rule)]
    if candidates:
        work.queue(identity, candidates)


def _followers(work: Work, identity: str, event: Event, rule: RulePlan) -> list[Event]:
    trigger = rule.rule.trigger
    assert isinstance(trigger, SequenceTrigger)
    value = correlation(event.properties, trigger.key)
    if value is None:
        return []
    history = StoredHistory(work.session, work.plan, identity, work.since)
    found = []
    for name, (time, properties, message) in alike(history, trigger.second, trigger.key, value, event.time + 1):
        if time > event.time + trigger.within:
            continue
        if decided(instance_of(work.session, identity, message), rule) is None:
            kept = Event(message, TRACK, name, "", "", time, time, properties, _json.encode(properties))
            found.append(logged_event(work.session, identity, time, message) or kept)
    return found
