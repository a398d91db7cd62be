"""
Two identities turn out to be one person: what was known of the source moves to the target.

One commit covers both users, on the condition that neither changed, so a cap holds however a send races with a merge.
What the log holds stays where it is; the target lists its former identities, and the source points to the target.
"""

from __future__ import annotations

from typing import Any

from duly.engine.event import ALIAS, IDENTIFY, Event, anonymous, known
from duly.engine.history import combine
from duly.engine.keys import HISTORY, RELATED, instant
from duly.engine.opens import merge_opens
from duly.engine.preferences import merge_preferences
from duly.engine.session import Session
from duly.engine.state import MOVED, Instance, User, is_member, unpack_due
from duly.engine.trial import merge_assignments


def merges(event: Event) -> bool:
    """Whether an event says that two identities are one person."""
    if event.type == ALIAS:
        return True
    return event.type == IDENTIFY and bool(event.user_id and event.anonymous_id)


def former_identities(event: Event) -> list[str]:
    """
    The identities that a merging event ends.

    An alias does not say whether its previous id was anonymous or a user id, and SDKs send either: it ends both.
    """
    if event.type == ALIAS:
        return [known(event.previous_id), anonymous(event.previous_id)]
    return [anonymous(event.anonymous_id)]


def merge(session: Session, source: str, target: str, now: int) -> None:
    """
    Move everything of `source` to `target`.

    An identity that was merged before only points to its new target: a shared device follows the person who signed in
    last, and what it did before stays with the first, its heir.
    """
    target = session.resolve(target)
    origin, person = session.user(source), session.user(target)
    if target in (source, origin.merged_into):
        return
    if not origin.merged_into:
        _move_state(origin, person, source)
        _move_queue(session, source, target)
        _move_relations(session, source, target, now)
        _move_history(session, source, target)
        person.created = min(origin.created or now, person.created or now)
        person.updated = now
        session.keep_user(target)
    elif source not in person.identities and source not in person.pointers:
        person.pointers.append(source)
        session.keep_user(target)
    heir = session.heir(source) if origin.merged_into else ""
    pointer = User(version=origin.version, created=origin.created, merged_into=target, forgotten=origin.forgotten)
    pointer.heir = "" if heir == target else heir
    session.replace_user(source, pointer)
    session.keep_user(source)


def instance_of(session: Session, identity: str, message_id: str) -> Instance:
    """What is known of a message for a user, under whichever of their identities it became known."""
    instance = session.instance(identity, message_id)
    for former in session.user(identity).identities:
        earlier = session.instance(former, message_id)
        instance.taken |= earlier.taken
        instance.ingested |= earlier.ingested
        instance.decisions = {**earlier.decisions, **instance.decisions}
    return instance


def _move_state(origin: User, person: User, source: str) -> None:
    """Of what both say, the newer holds; sends and what waits add up."""
    _take_newer(person.traits, person.trait_times, origin.traits, origin.trait_times)
    _take_newer(person.consent, person.consent_times, origin.consent, origin.consent_times)
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
    person.awaited = sorted([*person.awaited, *origin.awaited], key=lambda awaited: awaited.start)
    person.segments = {**origin.segments, **person.segments}
    person.opens = merge_opens(person.opens, origin.opens)
    merge_assignments(person, origin)


def _take_newer(
    mine: dict[str, Any], times: dict[str, int], theirs: dict[str, Any], their_times: dict[str, int]
) -> None:
    """What was said last holds, that it is taken back included."""
    for name in {**theirs, **their_times}:
        said = their_times.get(name, 0)
        if said <= times.get(name, 0 if name in mine else -1):
            continue
        times[name] = said
        mine.pop(name, None)
        if name in theirs:
            mine[name] = theirs[name]


def _move_queue(session: Session, source: str, target: str) -> None:
    """The due queue lies in the user's bucket, and log records say whose they are."""
    origin, here, there = session.user(source), session.keys.bucket(source), session.keys.bucket(target)
    entries = [(pending.due, pending.decision) for pending in origin.pending]
    entries += [(delivery.lease_until, delivery.decision) for delivery in origin.deliveries]
    entries += [(send.held_until, send.decision) for send in origin.sends if send.held_until]
    for due, decision in entries:
        key = session.keys.due(here, due, decision)
        _, properties = unpack_due(session.value(key) or b"")
        session.delete(here, key)
        session.queue(there, due, decision, target, properties)
        logged = session.decision(decision)
        if logged is not None:
            logged.identity = target
            session.log(logged)


def _move_relations(session: Session, source: str, target: str, now: int) -> None:
    """For each thing the later of the two sayings holds; the place of a member in the index says that they moved."""
    keys, here, there = session.keys, session.keys.bucket(source), session.keys.bucket(target)
    for key, _ in session.scan(*keys.of(here, RELATED, source)):
        _, relation, thing = key[3:].decode().split("\0")
        old, new = keys.member(here, relation, thing, source), keys.member(there, relation, thing, target)
        said, known = session.value(old), session.value(new)
        if is_member(said):
            session.put(here, old, instant(now) + MOVED)
        else:
            session.delete(here, old)
            session.delete(here, key)
        if said is not None and (known is None or _time(said) > _time(known)):
            session.put(there, new, said)
            session.put(there, keys.related(there, target, relation, thing), b"")


def _time(member: bytes) -> tuple[int, bool]:
    return int.from_bytes(member[:8], "big"), is_member(member)


def _move_history(session: Session, source: str, target: str) -> None:
    keys, here, there = session.keys, session.keys.bucket(source), session.keys.bucket(target)
    start, stop = keys.of(here, HISTORY, source)
    for key, value in session.scan(start, stop):
        place = keys.history(there, target, key[len(start) :].decode())
        session.put(there, place, combine(value, session.value(place)))
        session.delete(here, key)
