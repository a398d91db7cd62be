"""From a user's state to protobuf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from duly.engine.candidate import thing_of
from duly.engine.decision import id_text
from duly.engine.local import local_zone
from duly.engine.state import Delivery, Pending, User
from duly.planning.plan import Plan
from duly.service.convert.decision import object_text
from duly.service.convert.instant import put_instant
from duly.service.convert.preferences import put_preferences
from duly.service.convert.structure import put_object
from duly.v1 import user_pb2 as pb


def user_message(
    identity: str, user: User, properties: Sequence[bytes], relations: Mapping[str, int], plan: Plan
) -> pb.User:
    """Everything that is kept about one user; `properties` (JSON) are those of the events of what waits."""
    message = pb.User(group_ids=user.groups)
    _put_ids(message, identity, user)
    put_object(message.traits, user.traits)
    choice = local_zone(plan, user)
    message.zone, message.zone_source = choice.zone.name, choice.source
    put_preferences(message.preferences, user)
    for relation, count in sorted(relations.items()):
        message.relation_counts.add(relation=relation, count=count)
    _put_pending(message, user, properties, plan)
    _put_sends(message, user)
    put_instant(message.create_time, user.created)
    put_instant(message.update_time, user.updated)
    return message


def _put_ids(message: pb.User, identity: str, user: User) -> None:
    if identity.startswith("u:"):
        message.user_id = identity[2:]
    others = [*user.identities, identity]
    message.anonymous_ids.extend(sorted({other[2:] for other in others if other.startswith("a:")}))


def _put_pending(message: pb.User, user: User, properties: Sequence[bytes], plan: Plan) -> None:
    leases = {delivery.decision: delivery for delivery in user.deliveries}
    waiting = [*zip(user.pending, properties, strict=True), *((held, held.properties) for held in user.reserved)]
    for pending, about in sorted(waiting, key=lambda pair: pair[0].due):
        target = message.pending.add()
        target.object = _object_of(pending.rule, about, plan)
        _put_one_pending(target, pending, leases.get(pending.decision))


def _object_of(name: str, properties: bytes, plan: Plan) -> str:
    rule = plan.rule(name)
    return "" if rule is None else object_text(thing_of(rule, msgspec.json.decode(properties)))


def _put_one_pending(target: pb.PendingNotification, pending: Pending, lease: Delivery | None) -> None:
    target.decision_id, target.rule = id_text(pending.decision), pending.rule
    target.event_message_id = pending.message_id
    put_instant(target.due_time, pending.due)
    if pending.expires:
        put_instant(target.expire_time, pending.expires)
    if lease is not None and lease.lease_until:
        put_instant(target.lease_expire_time, lease.lease_until)


def _put_sends(message: pb.User, user: User) -> None:
    for send in sorted((send for send in user.sends if not send.shadow), key=lambda s: -s.at):
        target = message.sends.add(
            decision_id=id_text(send.decision),
            rule=send.rule,
            category=send.category,
            channel=send.channel,
            object=object_text(send.object),
        )
        put_instant(target.grant_time, send.at)
