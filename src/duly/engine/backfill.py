"""Gathers from the event log what the rules read and nobody kept: histories, relations, and who is in which segment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from duly.engine.cursor import Cursor
from duly.engine.event import SCREEN, TRACK, Event
from duly.engine.history import rebuild
from duly.engine.intake import Taking
from duly.engine.keys import RELATED, USER, Keys
from duly.engine.logbook import logged_events
from duly.engine.observe import relate
from duly.engine.remembered import ALWAYS, Backfill, Remembered, load_remembered
from duly.engine.session import Session
from duly.engine.store import Store
from duly.engine.triggers.segment import look

USERS = 64
"""How many users are gathered for in one commit."""


def users_after(store: Store, keys: Keys, work: Backfill) -> tuple[int, list[str]]:
    """The bucket and identities of the next users; no identities at the end."""
    for bucket in range(work.bucket, keys.buckets):
        start, stop = keys.span(bucket, USER)
        skip = len(start)
        after = cursor_of(keys, work).read(store, bucket) if bucket == work.bucket else ""
        if after:
            start = keys.user(bucket, after) + b"\0"
        found = store.scan(start, stop, USERS)
        if found:
            return bucket, [key[skip:].decode() for key, _ in found]
    return keys.buckets, []


def cursor_of(keys: Keys, work: Backfill) -> Cursor:
    """How far the work is in its bucket."""
    return Cursor(keys, repr(_task(work)).encode())


def gather(
    work: Backfill, bucket: int, identities: Sequence[str], begin: Callable[[Session], Taking], session: Session
) -> None:
    """Gather for the next users of a bucket; doing it again changes nothing."""
    taking = begin(session)
    cursor_of(session.keys, work).move(session, bucket, last=identities[-1])
    for identity in identities:
        if session.user(identity).merged_into or not session.user(identity).version:
            continue
        _gather(work, identity, taking)
        if work.segments:
            whole = Taking(session, taking.plan, taking.ids, taking.now, {})
            look(whole, identity, taking.now)
        session.keep_user(identity)


def gather_merged(session: Session, identity: str, taking: Taking) -> None:
    """Gather for a person who has just taken over an identity that may not have had its turn."""
    work = load_remembered(session.store).backfill
    if work is not None:
        _gather(work, identity, taking)


def _gather(work: Backfill, identity: str, taking: Taking) -> None:
    session, plan = taking.session, taking.plan
    wanted = set(work.streams) & set(plan.history)
    relations = set(work.relations)
    heard = wanted | {name for name, updates in plan.updates.items() if any(u.relation in relations for u in updates)}
    if not heard:
        return
    by_name = _past(session, identity, heard)
    for name in wanted:
        rebuild(session, identity, plan.history[name], by_name[name], taking.now)
    for relation in work.redefined:
        _forget_relation(session, identity, relation)
    everything = sorted((e for events in by_name.values() for e in events), key=lambda e: (e.time, e.arrival))
    for event in everything:
        for update in plan.updates.get(event.name, ()):
            if update.relation in relations:
                relate(session, event, identity, update)


def _past(session: Session, identity: str, names: set[str]) -> defaultdict[str, list[Event]]:
    """The user's logged events of these names, under all the identities they have had."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for known in (identity, *session.user(identity).identities):
        for event in logged_events(session, known):
            if event.name in names and event.type in (TRACK, SCREEN):
                found[event.name].append(event)
    return found


def _forget_relation(session: Session, identity: str, relation: str) -> None:
    """Take a user out of a relation that meant something else."""
    keys, bucket = session.keys, session.keys.bucket(identity)
    start, stop = keys.of(bucket, RELATED, identity)
    for key, _ in session.scan(start, stop):
        _, known, thing = key[3:].decode().split("\0")
        if known == relation:
            session.delete(bucket, key)
            session.delete(bucket, keys.member(bucket, relation, thing, identity))


def advanced(work: Backfill, bucket: int, count: int, record: Remembered) -> None:
    """Note how far the work has come, unless other work took its place meanwhile."""
    known = record.backfill
    if known is None or _task(known) != _task(work):
        return
    record.backfill = msgspec.structs.replace(known, bucket=bucket, users=known.users + count)


def finished(work: Backfill, record: Remembered) -> None:
    """Note that every history which was gathered is whole, unless other work took its place meanwhile."""
    known = record.backfill
    if known is None or _task(known) != _task(work):
        return
    record.backfill = None
    for name in work.streams:
        if name in record.streams:
            record.streams[name].since = record.forgotten or ALWAYS


def _task(work: Backfill) -> tuple[list[str], ...]:
    return work.streams, work.relations, work.redefined, work.segments
