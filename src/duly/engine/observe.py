"""What an event changes in what is known: traits, zone, consent, relations, history and the event log."""

from __future__ import annotations

from typing import Any

from duly.engine import consent, goals
from duly.engine.event import IDENTIFY, SCREEN, TRACK, Event
from duly.engine.history import remember
from duly.engine.keys import thing
from duly.engine.session import Session
from duly.engine.state import MEMBER, NOT_MEMBER, LoggedEvent, User, pack_event
from duly.planning.plan import Plan, RelationUpdate


def observe(session: Session, plan: Plan, event: Event, identity: str) -> None:
    """Write down what an event says about the user it concerns; it must not have been taken in before."""
    log(session, event, identity)
    if not identity:
        return
    _learn(session, event, identity)
    if event.type in (TRACK, SCREEN):
        for update in plan.updates.get(event.name, ()):
            relate(session, event, identity, update)
        read = plan.history.get(event.name)
        if read is not None:
            remember(session, event, identity, read)
        if event.name in plan.goals:
            goals.reach(session, plan, event, identity)


def log(session: Session, event: Event, identity: str) -> None:
    """Append the event to the log of its user, or to that of events without one."""
    bucket = session.keys.bucket(identity or event.message_id)
    key = session.keys.event(bucket, identity, event.time, event.message_id)
    logged = LoggedEvent(
        event.message_id,
        event.type,
        event.name,
        event.user_id,
        event.anonymous_id,
        event.time,
        event.arrival,
        event.raw,
        event.traits,
        event.context,
        event.previous_id,
        event.group_id,
    )
    session.put(bucket, key, pack_event(logged))


def _learn(session: Session, event: Event, identity: str) -> None:
    user = session.user(identity)
    changed = user.created == 0
    if changed:
        user.created = event.arrival
    if event.type == IDENTIFY and event.traits:
        changed |= _take_traits(user, event.traits, event.time)
    if event.context is not None:
        changed |= _take_zone(user, event.context, event.time)
    changed |= consent.take(user, event)
    if event.group_id and event.group_id not in user.groups:
        user.groups.append(event.group_id)
        changed = True
    if changed:
        user.updated = event.arrival
        session.keep_user(identity)


def _take_traits(user: User, traits: dict[str, Any], time: int) -> bool:
    """The newest event time wins for each trait; a null removes it."""
    changed = False
    for name, value in traits.items():
        if user.trait_times.get(name, 0) > time:
            continue
        user.trait_times[name] = time
        changed = True
        if value is None:
            user.traits.pop(name, None)
        else:
            user.traits[name] = value
    return changed


def _take_zone(user: User, context: dict[str, Any], time: int) -> bool:
    zone = context.get("timezone")
    if type(zone) is not str or time < user.context_zone_time:
        return False
    changed = user.context_zone != zone
    user.context_zone, user.context_zone_time = zone, time
    return changed


def relate(session: Session, event: Event, identity: str, update: RelationUpdate) -> None:
    """The latest event time wins; at the same time, the event that arrived last."""
    bucket = session.keys.bucket(identity)
    for value in update.things(event.properties):
        name = thing(value)
        if name is None:
            continue
        key = session.keys.member(bucket, update.relation, name, identity)
        known = session.value(key)
        if known is not None and int.from_bytes(known[:8], "big") > event.time:
            continue
        stamp = max(event.time, 1).to_bytes(8, "big")
        session.put(bucket, key, stamp + (MEMBER if update.adds else NOT_MEMBER))
        if known is None:
            session.put(bucket, session.keys.related(bucket, identity, update.relation, name), b"")
