"""
Conversions: which send a goal's event is credited to.

Every grant of a rule with a goal opens a window at its instant, a would-be grant to a control group like any other, so
that groups compare. An event is credited to the latest of the sends in whose windows it is the first that matches,
whatever rule they are of, and a window that had its event is over, credited or not. Only sends that were reported
delivered count; when such a report, or one of failure, comes after the event, the credit moves to where it belongs. Of
matching events that arrive out of order the one that arrives first counts.
"""

from __future__ import annotations

from duly.engine.candidate import Candidate
from duly.engine.decision import Decision
from duly.engine.event import Event
from duly.engine.facts import UserFacts
from duly.engine.history import StoredHistory
from duly.engine.keys import thing
from duly.engine.local import local_zone
from duly.engine.session import Session
from duly.engine.state import Awaited, User
from duly.meaning.model import DAY
from duly.planning.experiment import GoalPlan
from duly.planning.plan import Plan, at_path

CONVERTED = "converted"

LATENESS = DAY
"""For how long after its end a window still takes events and reports that arrive late."""

MOST = 256
"""How many windows are kept for one user: the newest."""


def await_goal(user: User, candidate: Candidate, now: int, sent: bool) -> None:
    """Open the window of a grant at `now`, of a would-be one with `sent`; the caller keeps the user."""
    goal = candidate.rule.goal
    if goal is None:
        return
    key = "" if goal.key is None else thing(at_path(candidate.properties, goal.key))
    if key is None:
        return
    awaited = [a for a in user.awaited if a.end + LATENESS > now and a.decision != candidate.decision]
    awaited.append(Awaited(candidate.decision, candidate.rule.name, key, now, now + goal.within, sent))
    user.awaited = awaited[-MOST:]


def reach(session: Session, plan: Plan, event: Event, identity: str) -> None:
    """Credit an event of a user, who may await it."""
    user = session.user(identity)
    reached = [awaited for awaited in user.awaited if _matches(session, plan, event, identity, awaited)]
    if not reached:
        return
    for awaited in reached:
        awaited.reached, awaited.reached_by = event.time, event.message_id
    _credit(session, user, event.message_id)
    session.keep_user(identity)


def reported(session: Session, decision: Decision, outcome: str) -> None:
    """Take note of a report about a send: failed, or something that only a delivered one can have."""
    identity = session.heir(decision.identity)
    user = session.user(identity)
    awaited = next((a for a in user.awaited if a.decision == decision.id), None)
    if awaited is None:
        return
    awaited.sent = outcome != "failed"
    if awaited.reached_by:
        _credit(session, user, awaited.reached_by)
    if not awaited.sent:
        forget(user, decision.id)
    session.keep_user(identity)


def forget(user: User, decision: bytes) -> None:
    """The grant is none any more; the caller keeps the user."""
    if user.awaited:
        user.awaited = [awaited for awaited in user.awaited if awaited.decision != decision]


def _matches(session: Session, plan: Plan, event: Event, identity: str, awaited: Awaited) -> bool:
    if awaited.reached_by or not awaited.start < event.time <= awaited.end:
        return False
    rule = plan.rule(awaited.rule)
    goal = None if rule is None else rule.goal
    if goal is None or event.name not in goal.names:
        return False
    if goal.key is not None and thing(at_path(event.properties, goal.key)) != awaited.key:
        return False
    return goal.test is None or _is_true(session, plan, event, identity, goal)


def _is_true(session: Session, plan: Plan, event: Event, identity: str, goal: GoalPlan) -> bool:
    user = session.user(identity)
    history = StoredHistory(session, plan, identity, {})
    zone = local_zone(plan, user).zone
    facts = UserFacts(plan, event.properties, user.traits, {}, user.consent, history, event.time, zone)
    return goal.test is not None and goal.test(facts) is True


def _credit(session: Session, user: User, message_id: str) -> None:
    """Let the latest delivered send whose window the event reached have the credit, and nobody else."""
    reached = [awaited for awaited in user.awaited if awaited.reached_by == message_id]
    latest = max((awaited for awaited in reached if awaited.sent), key=lambda a: a.start, default=None)
    for awaited in reached:
        if awaited.credited != (awaited is latest):
            awaited.credited = awaited is latest
            _record(session, awaited)


def _record(session: Session, awaited: Awaited) -> None:
    decision = session.decision(awaited.decision)
    if decision is None:
        return
    outcomes = [said for said in decision.outcomes if said != (CONVERTED, awaited.reached)]
    if awaited.credited and all(outcome != CONVERTED for outcome, _ in outcomes):
        outcomes.append((CONVERTED, awaited.reached))
    decision.outcomes = outcomes
    session.log(decision)
