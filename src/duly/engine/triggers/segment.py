"""
`when user enters SEGMENT`, `when user leaves SEGMENT`.

The last known truth of each watched segment lies with the user. It is looked at after every event that can change it,
and at every instant at which time alone can, for which the user has one check in the queue of checks. An unknown truth
changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from math import ceil
from operator import itemgetter

from duly.conditions.context import MISSING
from duly.engine import consent
from duly.engine.event import ALIAS, IDENTIFY, TRACK, Event
from duly.engine.facts import UserFacts
from duly.engine.history import StoredHistory
from duly.engine.local import local_zone
from duly.engine.merge import instance_of
from duly.engine.state import User
from duly.engine.triggers.work import Work
from duly.meaning.model import DAY, SECOND
from duly.planning.watch import Read, SegmentPlan

MOST_CHECKS = 100
"""How many instants are gone back to, one after the other, when checks were missed; then it is now that counts."""


def before_event(work: Work, identity: str, event: Event) -> bool:
    """
    Bring the user's segments up to what is known before an event changes it; whether the event can change any.

    Who was there before a segment was watched is inside or outside from the beginning, without a notification.
    """
    if not work.plan.watched:
        return False
    catch_up(work, identity)
    user = work.session.user(identity)
    heard = user.created == 0 or any(_hears(segment, event) for segment in work.plan.watched.values())
    if heard and any(_last_known(user, segment) is None for segment in work.plan.watched.values()):
        look(work, identity, work.now)
    return heard


def catch_up(work: Work, identity: str) -> None:
    """Look at the user's segments as of every instant at which a check was due."""
    user = work.session.user(identity)
    if not work.plan.watched and not user.check:
        return
    for _ in range(MOST_CHECKS):
        if not 0 < user.check <= work.now:
            return
        look(work, identity, user.check)
    look(work, identity, work.now)


def look(work: Work, identity: str, at: int, silent: bool = False) -> None:
    """See which segments the user is in at an instant, start the rules that wait for it, and plan the next check."""
    facts = facts_of(work, identity, at)
    changed = [change for segment in work.plan.watched.values() if (change := _changed(work, identity, segment, facts))]
    _plan_check(work, identity, _next_change(work, facts))
    for segment, inside in changed:
        if not silent:
            _start(work, identity, segment, inside, at)


def facts_of(work: Work, identity: str, at: int) -> UserFacts:
    """What a segment may read of the user at an instant."""
    user = work.session.user(identity)
    history = StoredHistory(work.session, work.plan, identity, work.since)
    zone = local_zone(work.plan, user).zone
    return UserFacts(work.plan, {}, user.traits, {}, user.consent, history, at, zone)


def _hears(segment: SegmentPlan, event: Event) -> bool:
    if event.name in segment.names or event.type == ALIAS:
        return True
    if event.type == IDENTIFY and (segment.traits or event.anonymous_id):
        return True
    return (segment.consent or segment.midnights) and (
        event.context is not None or event.type == IDENTIFY or event.name in consent.EVENTS
    )


def _last_known(user: User, segment: SegmentPlan) -> bool | None:
    """The truth when it was last looked at; outside for a new user, None for one whom nobody has looked at yet."""
    known = user.segments.get(segment.name)
    if known is not None and known[1] >= segment.since:
        return known[0]
    return False if user.created == 0 or user.created >= segment.since else None


def together(work: Work, person: User, origin: User) -> dict[str, tuple[bool, int]]:
    """The last known truths of two identities as those of one person: who was in as either has not left."""
    truths = {}
    for segment in work.plan.watched.values():
        known = [_last_known(user, segment) for user in (person, origin)]
        if True in known:
            truths[segment.name] = (True, max(work.now, segment.since))
    return truths


def _changed(work: Work, identity: str, segment: SegmentPlan, facts: UserFacts) -> tuple[SegmentPlan, bool] | None:
    """The segment with the new truth, if that is another one; what is known for the first time is no change."""
    truth, user = segment.test(facts), work.session.user(identity)
    before = _last_known(user, segment)
    if truth is None or truth is before:
        return None
    user.segments[segment.name] = (truth, max(facts.now, segment.since))
    work.session.keep_user(identity)
    return None if before is None else (segment, truth)


def _start(work: Work, identity: str, segment: SegmentPlan, inside: bool, at: int) -> None:
    decided = instance_of(work.session, identity, f"segment:{segment.name}:{at}").decisions
    event = crossing_of(segment.name, inside, at, work.now)
    names = segment.enters if inside else segment.leaves
    rules = [rule for name in names if name not in decided and (rule := work.plan.rule(name)) is not None]
    work.queue(identity, [work.candidate(identity, event, rule) for rule in rules])


def crossing_of(segment: str, enters: bool, at: int, now: int) -> Event:
    """The event that somebody enters or leaves a segment at an instant, as it is known at the instant `now`."""
    said = f"user {'enters' if enters else 'leaves'} {segment}"
    return Event(f"segment:{segment}:{at}", TRACK, said, "", "", at, now, {})


# --- when time alone changes it ---------------------------------------------------------------------------------------


def _plan_check(work: Work, identity: str, at: int) -> None:
    """Have the user looked at again at an instant, 0 for never, instead of when it was planned before."""
    session, user = work.session, work.session.user(identity)
    if user.check == at:
        return
    bucket = session.keys.bucket(identity)
    if user.check:
        session.delete(bucket, session.keys.check(bucket, user.check, identity))
    if at:
        session.queue_check(bucket, at, identity)
    user.check = at
    session.keep_user(identity)


def _next_change(work: Work, facts: UserFacts) -> int:
    """The first instant after this one at which the truth of a watched segment may change by itself, 0 for none."""
    instants = [at for segment in work.plan.watched.values() for at in _changes(segment, facts) if at > facts.now]
    return min(instants, default=0)


def _changes(segment: SegmentPlan, facts: UserFacts) -> Iterator[int]:
    now, history = facts.now, facts.history
    for names, window in segment.windows:
        events = history.events(names)
        first = bisect_right(events, now - window, key=itemgetter(0))
        if first < len(events):
            yield events[first][0] + window
        yield history.complete_since(names) + window
    for left, right in segment.crossings:
        yield from _crossing(left, right, facts)
    if segment.midnights:
        yield _midnight(facts)


def _crossing(left: Read, right: Read, facts: UserFacts) -> Iterator[int]:
    """When two values meet of which time changes the difference evenly; where they are equal now, they part at once."""
    later = facts.as_of(facts.now + SECOND)
    here, there = _difference(left, right, facts), _difference(left, right, later)
    if here is None or there is None or here == there:
        return
    if here == 0:
        yield facts.now + 1
    else:
        yield facts.now + ceil(-here * SECOND / (there - here))


def _difference(left: Read, right: Read, facts: UserFacts) -> float | None:
    one, other = left(facts), right(facts)
    if one is MISSING or other is MISSING or not isinstance(one, int | float) or not isinstance(other, int | float):
        return None
    return one - other


def _midnight(facts: UserFacts) -> int:
    day = facts.zone.wall(facts.now) // DAY + 1
    while not facts.zone.exists(day) or facts.zone.resolve(day * DAY) <= facts.now:
        day += 1
    return facts.zone.resolve(day * DAY)
