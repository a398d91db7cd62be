"""What became of notifications: a failure gives the slot back, a success fixes it."""

from __future__ import annotations

from duly.engine import goals
from duly.engine.api import OUTCOMES, Recorded, Report, Reported
from duly.engine.decision import Decision, Standing
from duly.engine.event import Flaw
from duly.engine.opens import HOURS, pack_hours, unpack_hours
from duly.engine.session import Session
from duly.meaning.model import HOUR
from duly.timing.zone import zone

_UNKNOWN = Flaw("decision_id", "unknown", "no decision has this id; send the decision_id of a notification")
_NOT_GRANTED = Flaw(
    "decision_id", "not-granted", "this is no notification, or none any more: a reservation is over with its lease"
)
_OUTCOME = Flaw("type", "unknown", f"the outcome must be one of {', '.join(OUTCOMES)}")


def record(session: Session, report: Report) -> Reported:
    """Write down one report; the same outcome of the same decision counts once."""
    if report.outcome not in OUTCOMES:
        return Reported(Recorded.REJECTED, _OUTCOME)
    decision = session.decision(report.decision)
    if decision is None:
        return Reported(Recorded.REJECTED, _UNKNOWN)
    if decision.standing in (Standing.OPEN, Standing.PENDING, Standing.CLOSED):
        return Reported(Recorded.REJECTED, _NOT_GRANTED)
    if any(outcome == report.outcome for outcome, _ in decision.outcomes):
        return Reported(Recorded.DUPLICATE)
    decision.outcomes = [*decision.outcomes, (report.outcome, report.time)]
    _apply(session, decision, report)
    session.log(decision)
    goals.reported(session, decision, report.outcome)
    return Reported(Recorded.RECORDED)


def _apply(session: Session, decision: Decision, report: Report) -> None:
    if report.outcome == "failed":
        decision.standing = Standing.FAILED
        _let_go(session, decision)
    elif report.outcome == "unsubscribed":
        _unsubscribe(session, decision, report.time)
        _fix(session, decision)
    else:
        _fix(session, decision)
    if report.outcome == "opened":
        _opened(session, decision, report.time)


def _opened(session: Session, decision: Decision, time: int) -> None:
    """Count the hour on the user's clock, for them and for everybody."""
    identity = session.heir(decision.identity)
    user, bucket = session.user(identity), session.keys.bucket(identity)
    hour = zone(decision.zone).wall(time) // HOUR % HOURS
    user.opens = user.opens or [0] * HOURS
    user.opens[hour] += 1
    key = session.keys.opens(bucket)
    everybody = unpack_hours(session.value(key))
    everybody[hour] += 1
    session.put(bucket, key, pack_hours(everybody))


def _fix(session: Session, decision: Decision) -> None:
    """It was delivered: no lease ends it any more, and its slot stays where the grant put it."""
    if decision.standing != Standing.FAILED:
        decision.standing = Standing.SENT
    identity = session.heir(decision.identity)
    user = session.user(identity)
    _end_lease(session, identity, decision)
    for send in user.sends:
        if send.decision == decision.id:
            send.held_until = 0
    session.keep_user(identity)


def _let_go(session: Session, decision: Decision) -> None:
    identity = session.heir(decision.identity)
    user = session.user(identity)
    _end_lease(session, identity, decision)
    user.sends = [send for send in user.sends if send.decision != decision.id]
    session.keep_user(identity)


def _end_lease(session: Session, identity: str, decision: Decision) -> None:
    user, bucket = session.user(identity), session.keys.bucket(identity)
    ends = [d.lease_until for d in user.deliveries if d.decision == decision.id]
    ends += [s.held_until for s in user.sends if s.decision == decision.id and s.held_until]
    for end in ends:
        session.delete(bucket, session.keys.due(bucket, end, decision.id))
    user.deliveries = [d for d in user.deliveries if d.decision != decision.id]
    user.reserved = [p for p in user.reserved if p.decision != decision.id]


def _unsubscribe(session: Session, decision: Decision, time: int) -> None:
    user = session.user(session.heir(decision.identity))
    key = f"{decision.channel}/{decision.category}"
    user.consent[key] = "unsubscribed"
    user.consent_times[key] = time
