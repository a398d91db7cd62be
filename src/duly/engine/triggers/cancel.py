"""An event arrives that ends what waits, or that comes too late to do so."""

from __future__ import annotations

from duly.engine.candidate import Candidate, revive
from duly.engine.decision import Decision, Gate
from duly.engine.evaluate import Evaluation
from duly.engine.event import Event
from duly.engine.facts import UserFacts
from duly.engine.history import StoredHistory
from duly.engine.local import local_zone
from duly.engine.logbook import logged_event, unowned_event
from duly.engine.settle import Claim, Settlement
from duly.engine.state import User
from duly.engine.triggers.past import Lone
from duly.engine.triggers.unless import ending
from duly.engine.triggers.work import Work

LATE = "late-cancel"


def cancel(work: Work, identity: str, event: Event) -> None:
    """End at once what the event ends, and note on what it would have ended that it came after the grant."""
    rules = work.plan.cancels.get(event.name)
    if not rules:
        return
    recheck(work, identity, rules)
    late = [s.decision for s in work.session.user(identity).sends if s.at >= event.time and s.rule in rules]
    for decision in late:
        logged = work.session.decision(decision)
        if logged is not None:
            _note(work, identity, event, logged)


def recheck(work: Work, identity: str, rules: frozenset[str] | None = None) -> None:
    """End those of the user's waiting notifications of these rules that something known by now ends; None: of all."""
    session, plan, user = work.session, work.plan, work.session.user(identity)
    found = [(pending, rule) for pending in user.pending if (rule := plan.rule(pending.rule)) is not None]
    chosen = [(p, rule) for p, rule in found if (not rule.plain if rules is None else rule.name in rules)]
    session.load_waiting(identity, (pending for pending, _ in chosen))
    waiting = [revive(session, plan, rule, identity, pending) for pending, rule in chosen]
    if not waiting:
        return
    evaluation = Evaluation(plan, user, StoredHistory(session, plan, identity, work.since), work.now)
    settlement = Settlement(session, identity, Claim.QUEUE, work.now)
    for candidate in waiting:
        decision = evaluation.ended(identity, candidate)
        if decision is not None:
            settlement.settle([candidate], [decision], [])


def _note(work: Work, identity: str, event: Event, decision: Decision) -> None:
    candidate = _origin(work, identity, decision)
    if candidate is None or decision.inputs.get(int(Gate.CANCELLED), [""])[0] == LATE:
        return
    user = work.session.user(identity)
    history = StoredHistory(work.session, work.plan, identity, work.since)
    zone = local_zone(work.plan, user).zone
    facts = UserFacts(work.plan, candidate.properties, user.traits, {}, user.consent, history, work.now, zone)
    if ending(candidate, facts, User(), Lone(event)) is not None:
        decision.inputs = {**decision.inputs, int(Gate.CANCELLED): [LATE, event.name, event.time]}
        work.session.log(decision)


def _origin(work: Work, identity: str, decision: Decision) -> Candidate | None:
    """The candidate that was granted, as far as rule and log still know it."""
    rule = work.plan.rule(decision.rule)
    time, message = decision.event_time, decision.message_id
    event = logged_event(work.session, identity, time, message) or unowned_event(work.session, time, message)
    return None if rule is None or event is None else work.candidate(identity, event, rule)
