"""
The direct way to a verdict: for the one rule that an event starts, of a user for whom nothing special is noted.

Nearly all questions, and nearly all members of an audience, are of that kind. What is decided and written here is to
the byte what `Evaluation` and `Settlement` would decide and write, with a fraction of their steps. Whatever needs more
(several rules that compete, identities that were merged, experiments, a refusal that is not a full cap) is left to them
before anything has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from duly.conditions.template import MissingSlot, render
from duly.engine.api import Mode
from duly.engine.consent import refusal
from duly.engine.decision import Decision, DecisionIds, Standing, Verdict
from duly.engine.evaluate import conclude
from duly.engine.event import Event
from duly.engine.facts import UserFacts
from duly.engine.frequency import earliest, usage
from duly.engine.history import StoredHistory
from duly.engine.local import local_zone
from duly.engine.session import Session
from duly.engine.settle import Claim, enter
from duly.engine.state import Pending, Send, User
from duly.meaning.model import Message
from duly.planning.plan import Plan, RulePlan
from duly.timing.solve import Outcome
from duly.timing.zone import ZoneChoice

_DECIDED = (Outcome.NOW, Outcome.LATER, Outcome.CAPPED)
_NO_TEXT = ("", "", "")


class Asking(Protocol):
    """What has a question answered or an event taken in."""

    session: Session
    plan: Plan
    ids: DecisionIds
    now: int
    since: dict[str, int]


class Subject:
    """A user to whom an event may matter, as conditions see them."""

    __slots__ = ("asking", "event", "history", "identity", "user", "zone")

    def __init__(self, asking: Asking, identity: str, user: User, event: Event) -> None:
        self.asking, self.identity, self.user, self.event = asking, identity, user, event
        self.zone: ZoneChoice = local_zone(asking.plan, user)
        self.history = StoredHistory(asking.session, asking.plan, identity, asking.since)

    def match(self, rule: RulePlan, thing: str, related: Mapping[str, bool]) -> Match | None:
        """What the rule's condition was tested against if it is true; None if it is false or unknown."""
        asking, user = self.asking, self.user
        facts = UserFacts(
            asking.plan,
            self.event.properties,
            user.traits,
            related,
            user.consent,
            self.history,
            asking.now,
            self.zone.zone,
        )
        test = rule.test
        return Match(self, rule, thing, facts) if test is None or test(facts) is True else None


class Match:
    """A rule whose condition is true of a subject; `thing` is the object's key as text, empty without one."""

    __slots__ = ("facts", "rule", "subject", "thing")

    def __init__(self, subject: Subject, rule: RulePlan, thing: str, facts: UserFacts) -> None:
        self.subject, self.rule, self.thing, self.facts = subject, rule, thing, facts


def is_ordinary(user: User) -> bool:
    """Whether nothing is noted of the user that only the long way knows how to deal with."""
    return not (user.merged_into or user.preferences or user.reserved or user.identities or user.forgotten)


def decide(match: Match, claim: Claim) -> Decision | None:
    """The settled decision about a match; None, with nothing changed, where the long way has to be gone."""
    rule, subject = match.rule, match.subject
    user, event, zone, asking = subject.user, subject.event, subject.zone, subject.asking
    category, now = rule.category, asking.now
    if (user.consent or category.opt_in) and refusal(user, category, rule.channel):
        return None
    expires = event.time + rule.expiry
    if now >= expires or any(send.shadow or send.held_until for send in user.sends):
        return None
    used = usage(rule, match.thing, user, user.sends)
    solution = earliest(rule, event.time, expires, user, used, zone, now, subject.history)
    if solution.outcome not in _DECIDED:
        return None
    texts = _texts(rule.rule.message, match.facts) if solution.outcome is Outcome.NOW else _NO_TEXT
    if texts is None:
        return None
    decision = _decision(match, expires, texts, claim)
    conclude(decision, solution, used, zone, False)
    _settle(match, decision, claim)
    return decision


def _texts(message: Message | None, facts: UserFacts) -> tuple[str, str, str] | None:
    """Title, body and link; None where something is missing that has no fallback."""
    if message is None:
        return _NO_TEXT
    title, body, link = render(message.title, facts), render(message.body, facts), render(message.link, facts)
    if isinstance(title, MissingSlot) or isinstance(body, MissingSlot) or isinstance(link, MissingSlot):
        return None
    return title, body, link


def _decision(match: Match, expires: int, texts: tuple[str, str, str], claim: Claim) -> Decision:
    rule, subject = match.rule, match.subject
    asking, event, (place, source, _) = subject.asking, subject.event, subject.zone
    title, body, link = texts
    return Decision(
        asking.ids.make(asking.session.place(subject.identity).prefix, asking.now),
        subject.identity,
        rule.name,
        rule.location,
        asking.plan.version,
        event.message_id,
        event.name,
        event.time,
        asking.now,
        expires=expires,
        object=match.thing,
        category=rule.category.name,
        channel=rule.channel,
        zone=place.name,
        zone_source=source,
        title=title,
        body=body,
        link=link,
        mode=Mode.COMMIT if claim is Claim.COMMIT else 0,
    )


def _settle(match: Match, decision: Decision, claim: Claim) -> None:
    """Write the verdict down: what is granted to nobody yet waits."""
    identity, session = decision.identity, match.subject.asking.session
    if decision.verdict == Verdict.SUPPRESS:
        decision.standing = Standing.CLOSED
    elif decision.verdict == Verdict.DEFER or claim is Claim.QUEUE:
        _wait(match.subject, decision)
    else:
        _grant(match, decision)
    session.instance(identity, decision.message_id).decide(decision.rule, decision.id)
    session.keep_instance(identity, decision.message_id)
    session.log(decision)


def _grant(match: Match, decision: Decision) -> None:
    rule, subject = match.rule, match.subject
    now, sends, category = subject.asking.now, subject.user.sends, rule.category
    decision.standing = Standing.COMMITTED
    wall = subject.zone.zone.wall(now)
    send = Send(now, wall, rule.name, category.name, rule.channel, match.thing, decision.id, 0, not category.uncounted)
    enter(sends, send, now - rule.sends_kept)
    subject.asking.session.keep_user(decision.identity)


def _wait(subject: Subject, decision: Decision) -> None:
    session, identity, event, now = subject.asking.session, subject.identity, subject.event, subject.asking.now
    due = decision.due or now
    decision.verdict, decision.due, decision.standing = Verdict.DEFER, due, Standing.PENDING
    pending = Pending(
        decision.id, decision.rule, event.message_id, event.name, event.time, b"", due, now, decision.expires
    )
    subject.user.pending.append(pending)
    session.queue(session.place(identity).bucket, due, decision.id, identity, event.raw)
    session.keep_user(identity)
