"""A rule that may notify a user because of one event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from duly.engine.keys import Keys, thing
from duly.engine.session import Session
from duly.engine.state import Instance, Pending, is_member
from duly.engine.triggers.occurrence import EVERY, base_of, day_of
from duly.meaning.model import CalendarTrigger
from duly.planning.plan import Plan, RulePlan, at_path

_json = msgspec.json.Decoder()


class Candidate(Struct):
    """
    `rule` for one user and one event. `time` is the trigger's, `created` when the instance was made, both instants.

    `thing` is the key of the object the event is about as text, empty without one. `waiting` is what was pending.
    """

    rule: RulePlan
    decision: bytes
    message_id: str
    event: str
    time: int
    created: int
    properties: dict[str, Any]
    raw: bytes
    related: Mapping[str, bool]
    thing: str
    waiting: Pending | None = None

    @property
    def origin(self) -> int:
        """The event's own time: before the trigger's, where that is something that failed to happen."""
        return self.time - self.rule.delay

    @property
    def expires(self) -> int:
        """
        The instant from which it is no use any more.

        Where the rule names a property, that property as ISO 8601 text with an offset; if it is missing or not an
        instant, the default of a day after the event.
        """
        path = self.rule.expires_at
        if path is not None:
            return instant_in(at_path(self.properties, path)) or self.time + self.rule.expiry
        return self.time + self.rule.expiry


def member_keys(
    keys: Keys, bucket: int, rule: RulePlan, identity: str, plan: Plan, properties: dict[str, Any], about: str
) -> dict[str, bytes | None]:
    """Where it stands whether the user is in each relation that the rule reads; None where the event names no thing."""
    found: dict[str, bytes | None] = {}
    for relation in rule.relations:
        name = about if rule.object_key else thing(at_path(properties, plan.relation_keys.get(relation, ())))
        found[relation] = keys.member(bucket, relation, name, identity) if name else None
    return found


def memberships(session: Session, members: Mapping[str, bytes | None]) -> dict[str, bool]:
    """For each relation whether the user is in it, by what stands where `member_keys` says."""
    return {relation: key is not None and is_member(session.value(key)) for relation, key in members.items()}


def relations_of(
    session: Session, rule: RulePlan, identity: str, plan: Plan, properties: dict[str, Any], about: str
) -> dict[str, bool]:
    """For each relation the rule reads, whether the user is a member for the object, of which the rule's is `about`."""
    if not rule.relations:
        return {}
    bucket = session.place(identity).bucket
    return memberships(session, member_keys(session.keys, bucket, rule, identity, plan, properties, about))


def decided(instance: Instance, rule: RulePlan) -> bytes | None:
    """The id of what the rule, under whichever of its names, decided about an instance."""
    known = instance.decisions.get(rule.name)
    if known is None and rule.rule.was:
        return next((instance.decisions[name] for name in rule.rule.was if name in instance.decisions), None)
    return known


def thing_of(rule: RulePlan, properties: dict[str, Any]) -> str:
    """The key of the object as text, or the empty text."""
    if rule.object_key is None:
        return ""
    return thing(at_path(properties, rule.object_key)) or ""


def revive(session: Session, plan: Plan, rule: RulePlan, identity: str, pending: Pending) -> Candidate:
    """The candidate that a pending notification came from, against what is known now."""
    raw = session.properties(identity, pending)
    properties = _json.decode(raw)
    about = thing_of(rule, properties)
    return Candidate(
        rule=rule,
        decision=pending.decision,
        message_id=pending.message_id,
        event=pending.event,
        time=_trigger_time(session, plan, rule, identity, pending),
        created=pending.created,
        properties=properties,
        raw=raw,
        related=relations_of(session, rule, identity, plan, properties, about),
        thing=about,
        waiting=pending,
    )


def _trigger_time(session: Session, plan: Plan, rule: RulePlan, identity: str, pending: Pending) -> int:
    """The instant from which all is counted; a date begins where the user is now."""
    if isinstance(rule.rule.trigger, CalendarTrigger) and pending.message_id.startswith(EVERY):
        base = base_of(plan, rule, session.user(identity), day_of(pending.message_id))
        return pending.event_time if base is None else base
    return pending.event_time + rule.delay


def instant_in(value: Any) -> int | None:
    """The instant a JSON value names: ISO 8601 text with an offset or `Z`; None for anything else."""
    if type(value) is not str:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return round(moment.timestamp() * 1_000_000)
