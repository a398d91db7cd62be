"""What a question is about: the rules that may match its event, and what has to be read to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from duly.engine.api import Question
from duly.engine.candidate import member_keys, memberships, relations_of, thing_of
from duly.engine.event import Event, Object
from duly.engine.keys import thing
from duly.engine.session import Session
from duly.planning.plan import Plan, RulePlan, at_path


class Heard(Struct):
    """The rules that may match an event; of the first, its object as text and where its relations stand."""

    rules: Sequence[RulePlan] = ()
    properties: Object = {}
    thing: str = ""
    members: Mapping[str, bytes | None] = {}

    def related(self, session: Session, plan: Plan, identity: str, rule: RulePlan) -> tuple[str, dict[str, bool]]:
        """The object of one of the rules as text, and in which of its relations the user is."""
        if rule is self.rules[0]:
            return self.thing, memberships(session, self.members)
        about = thing_of(rule, self.properties)
        return about, relations_of(session, rule, identity, plan, self.properties, about)


def hear_question(session: Session, plan: Plan, question: Question) -> Heard:
    """The rules that may match a question's event, or also those that cannot if it wants to hear of them."""
    event = question.event
    if event is None:
        return Heard()
    properties, identity = event.properties, question.identity
    rules = plan.hearing(event.name) if question.full else plan.listening(event.name, properties)
    if not rules:
        return Heard()
    about, bucket = thing_of(rules[0], properties), session.place(identity).bucket
    members = member_keys(session.keys, bucket, rules[0], identity, plan, properties, about)
    return Heard(rules, properties, about, members)


def reads(session: Session, question: Question, heard: Heard) -> list[bytes]:
    """The keys of what will be read to answer a question, as far as they are known beforehand."""
    identity, event = question.identity, question.event
    place = session.place(identity)
    found = [place.key]
    if question.request_id:
        found.append(session.keys.request(place.bucket, identity, question.request_id))
    if event is None:
        return found
    if event.message_id:
        found.append(session.instance_key(identity, event.message_id))
    found += [key for key in heard.members.values() if key is not None]
    if len(heard.rules) > 1:
        found += _members(session, place.bucket, identity, event, heard.rules)
    return found


def _members(session: Session, bucket: int, identity: str, event: Event, rules: Sequence[RulePlan]) -> list[bytes]:
    """Where it stands whether the user is in the relations of several rules, most of which read the same."""
    pairs = {(relation, rule.object_key or ()) for rule in rules for relation in rule.relations}
    named = [(relation, thing(at_path(event.properties, path))) for relation, path in pairs]
    return [session.keys.member(bucket, relation, name, identity) for relation, name in named if name is not None]
