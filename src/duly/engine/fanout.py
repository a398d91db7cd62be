"""Takes an event about a thing to everybody it concerns, a page at a time, from the reverse index of a relation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from duly.engine.event import TRACK, Event
from duly.engine.intake import FanOut
from duly.engine.keys import USER, Keys, thing
from duly.engine.state import is_member, moved_at
from duly.engine.store import Store
from duly.engine.triggers.occurrence import rule_of
from duly.meaning.model import DAY, MINUTE, CalendarTrigger
from duly.planning.plan import Plan, RulePlan, at_path

EVERYBODY = ("", "")
"""Stands in the place of a relation and a thing for all users."""

PAGE = 256
"""How many members are decided about in one commit."""

_OVERLAP = 10 * MINUTE
"""How long before an event arrived a merge may have begun that was done after the event was on its way."""

_LONGEST = 7 * DAY
"""How long an event is on its way at the most, whatever stops it."""

_json = msgspec.json.Decoder()


@dataclass(slots=True)
class Page:
    """
    Some members of the audience, all in one bucket, and how far the fan-out is after them (None: done).

    `last` is whom the page ends with, a member or not. `gone` are members that became other identities so long ago that
    no event on its way needs to know.
    """

    bucket: int
    members: list[str]
    gone: list[str]
    last: str
    rest: FanOut | None


def event_of(work: FanOut) -> Event:
    """The event that is fanned out."""
    properties = _json.decode(work.properties)
    return Event(work.message_id, TRACK, work.name, "", "", work.time, work.arrival, properties, work.properties)


def audience(plan: Plan, event: Event) -> list[tuple[str, str]]:
    """The (relation, thing) pairs whose members an event, or a date, concerns, each once, in a stable order."""
    if not event.name:
        return [EVERYBODY] if date_rule(plan, event.message_id) is not None else []
    pairs: dict[tuple[str, str], None] = {}
    for rule in plan.listening(event.name, event.properties):
        if event.name not in rule.fans_out:
            continue
        if rule.everybody:
            return [EVERYBODY]
        if rule.object_key is None:
            continue
        name = thing(at_path(event.properties, rule.object_key))
        if name is not None:
            pairs.update({(relation, name): None for relation in rule.audience})
    return sorted(pairs)


def next_page(store: Store, keys: Keys, work: FanOut, pairs: Sequence[tuple[str, str]], after: str) -> Page:
    """
    The next members after where `work` stands, the member `after` of its bucket and pair: by bucket, then by relation.

    Empty stretches are passed over, so a page without members means that the audience is at its end.
    """
    for bucket, pair in _stretches(work, keys.buckets, pairs):
        start, stop = _range(keys, bucket, pair)
        skip = len(start)
        if after and (bucket, pair) == (work.bucket, work.pair):
            start += after.encode() + b"\0"
        found = store.scan(start, stop, PAGE)
        if not found:
            continue
        names = [key[skip:].decode() for key, _ in found]
        said = list(zip(names, (value for _, value in found), strict=True))
        members = [who for who, value in said if pair == EVERYBODY or _concerns(value, work)]
        gone = [who for who, value in said if pair != EVERYBODY and _is_gone(value, work)]
        rest = msgspec.structs.replace(
            work, version=work.version + 1, bucket=bucket, pair=pair, reached=work.reached + len(members)
        )
        return Page(bucket, members, gone, names[-1], rest)
    return Page(work.bucket, [], [], "", None)


def _concerns(value: bytes, work: FanOut) -> bool:
    """Whether it is a member, or was one when the event may have been on its way and past their new identity."""
    moved = moved_at(value)
    return is_member(value) if moved is None else moved + _OVERLAP >= work.arrival


def _is_gone(value: bytes, work: FanOut) -> bool:
    moved = moved_at(value)
    return moved is not None and moved + _LONGEST < work.arrival


def _range(keys: Keys, bucket: int, pair: tuple[str, str]) -> tuple[bytes, bytes]:
    return keys.span(bucket, USER) if pair == EVERYBODY else keys.members(bucket, *pair)


def date_rule(plan: Plan, message_id: str) -> RulePlan | None:
    """The rule of a date's message id, while the calendar still starts it."""
    rule = plan.rule(rule_of(message_id))
    return rule if rule is not None and isinstance(rule.rule.trigger, CalendarTrigger) else None


def _stretches(work: FanOut, buckets: int, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, tuple[str, str]]]:
    """The pairs of every bucket that are left; a plan published meanwhile may have brought others."""
    for bucket in range(work.bucket, buckets):
        for pair in pairs:
            if bucket > work.bucket or pair >= work.pair:
                yield bucket, pair
