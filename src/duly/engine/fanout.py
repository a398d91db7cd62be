"""Takes an event about a thing to everybody it concerns, a page at a time, from the reverse index of a relation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from duly.engine.event import TRACK, Event
from duly.engine.intake import FanOut
from duly.engine.keys import USER, Keys, thing
from duly.engine.state import is_member
from duly.engine.store import Store
from duly.engine.triggers.occurrence import rule_of
from duly.meaning.model import CalendarTrigger
from duly.planning.plan import Plan, RulePlan, at_path

EVERYBODY = ("", "")
"""Stands in the place of a relation and a thing for all users."""

PAGE = 256
"""How many members are decided about in one commit."""

_json = msgspec.json.Decoder()


@dataclass(slots=True)
class Page:
    """
    Some members of the audience, all in one bucket, and how far the fan-out is after them (None: done).

    `last` is whom the page ends with, a member or not.
    """

    bucket: int
    members: list[str]
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
        members = [who for who, (_, value) in zip(names, found, strict=True) if pair == EVERYBODY or is_member(value)]
        rest = msgspec.structs.replace(
            work, version=work.version + 1, bucket=bucket, pair=pair, reached=work.reached + len(members)
        )
        return Page(bucket, members, names[-1], rest)
    return Page(work.bucket, [], "", None)


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
