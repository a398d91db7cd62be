"""
Two identities turn out to be one person: what was known of the source moves to the target.

One commit covers both users, on the condition that neither changed, so a cap holds however a send races with a merge.
What the log holds stays where it is; the target lists its former identities, and the source points to the target.
"""

from __future__ import annotations

from duly.engine.history import combine
from duly.engine.keys import HISTORY, RELATED
from duly.engine.preferences import merge_preferences
from duly.engine.session import Session
from duly.engine.state import Instance, User, is_member
from duly.engine.trial import merge_assignments

_PAGE = 1_000


def merge(session: Session, source: str, target: str, now: int) -> None:
    """
    Move everything of `source` to `target`.

    An identity that was merged before only points to its new target: a shared device follows the person who signed in
    last, and what it did before stays with the first.
    """
    target = session.resolve(target)
    origin, person = session.user(source), session.user(target)
    if source == target or origin.merged_into == target:
        return
    if not origin.merged_into:
        _move_state(origin, person, source)
        _move_queue(session, source, target)
        _move_relations(session, source, target)
        _move_history(session, source, target)
        person.created = person.created or now
        person.updated = now
        session.keep_user(target)
    elif source not in person.identities and source not in person.pointers:
        person.pointers.append(source)
        session.keep_user(target)
    session.replace_user(source, User(version=origin.version, created=origin.created, merged_into=target))
    session.keep_user(source)


def instance_of(session: Session, identity: str, message_id: str) -> Instance:
    """What is known of a message for a user, under whichever of their identities it became known."""
    instance = session.instance(identity, message_id)
    if instance.taken or instance.decisions:
        return instance
    for former in session.user(identity).identities:
        earlier = session.instance(former, message_id)
        if earlier.taken or earlier.decisions:
            instance.taken, instance.ingested = earlier.taken, earlier.ingested
            instance.decisions = dict(earlier.decisions)
    return instance


def _move_state(origin: User, person: User, source: str) -> None:
    """Of what both say, the newer holds; sends and what waits add up."""
    for name, value in origin.traits.items():
        if origin.trait_times.get(name, 0) > person.trait_times.get(name, -1):
            person.traits[name] = value
            person.trait_times[name] = origin.trait_times.get(name, 0)
    for key, state in origin.consent.items():
        if origin.consent_times.get(key, 0) > person.consent_times.get(key, -1):
            person.consent[key] = state
            person.consent_times[key] = origin.consent_times.get(key, 0)
    if origin.context_zone_time > person.context_zone_time:
        person.context_zone, person.context_zone_time = origin.context_zone, origin.context_zone_time
    person.sends = sorted([*person.sends, *origin.sends], key=lambda send: send.at)
    person.pending += origin.pending
    person.deliveries += origin.deliveries
    person.reserved += origin.reserved
    person.groups += [group for group in origin.groups if group not in person.groups]
    person.identities += [known for known in (source, *origin.identities) if known not in person.identities]
    merge_preferences(person, origin)
    person.pointers += [known for known in origin.pointers if known not in person.pointers]
    person.awaited += origin.awaited
    person.segments = {**origin.segments, **person.segments}
    merge_assignments(person, origin)


def _move_queue(session: Session, source: str, target: str) -> None:
    """The due queue lies in the user's bucket, and log records say whose they are."""
    origin, here, there = session.user(source), session.keys.bucket(source), session.keys.bucket(target)
    entries = [(pending.due, pending.decision) for pending in origin.pending]
    entries += [(delivery.lease_until, delivery.decision) for delivery in origin.deliveries]
    entries += [(send.held_until, send.decision) for send in origin.sends if send.held_until]
    for due, decision in entries:
        session.delete(here, session.keys.due(here, due, decision))
        session.queue(there, due, decision, target)
        logged = session.decision(decision)
        if logged is not None:
            logged.identity = target
            session.log(logged)


def _move_relations(session: Session, source: str, target: str) -> None:
    """For each thing the later of the two sayings holds."""
    keys, here, there = session.keys, session.keys.bucket(source), session.keys.bucket(target)
    start, stop = keys.of(here, RELATED, source)
    while page := session.store.scan(start, stop, _PAGE):
        for key, _ in page:
            _, relation, thing = key[3:].decode().split("\0")
            old, new = keys.member(here, relation, thing, source), keys.member(there, relation, thing, target)
            said, known = session.value(old), session.value(new)
            session.delete(here, old)
            session.delete(here, key)
            if said is not None and (known is None or _time(said) > _time(known)):
                session.put(there, new, said)
                session.put(there, keys.related(there, target, relation, thing), b"")
        start = page[-1][0] + b"\0"


def _time(member: bytes) -> tuple[int, bool]:
    return int.from_bytes(member[:8], "big"), is_member(member)


def _move_history(session: Session, source: str, target: str) -> None:
    keys, here, there = session.keys, session.keys.bucket(source), session.keys.bucket(target)
    start, stop = keys.of(here, HISTORY, source)
    for key, value in session.store.scan(start, stop, _PAGE):
        name = key[len(start) :].decode()
        place = keys.history(there, target, name)
        session.put(there, place, combine(value, session.value(place)))
        session.delete(here, key)
