"""
What became of notifications: a failure gives the slot back, a success fixes it.

Who reserved a notification may report it when the lease is over, too. If it went out, it takes its slot then, even one
too many, and waits no more; if it failed, it goes on waiting.
"""

from __future__ import annotations

from duly.engine import goals
from duly.engine.abandon import MERGED, abandon
from duly.engine.api import OUTCOMES, Recorded, Report, Reported
from duly.engine.decision import PASSED, Decision, Standing, Verdict
from duly.engine.event import Flaw
from duly.engine.opens import HOURS, pack_hours, unpack_hours
from duly.engine.session import Session
from duly.engine.settle import enter
from duly.engine.state import Send
from duly.meaning.model import DAY, HOUR
from duly.planning.plan import Plan
from duly.timing.zone import zone

MOST_TEXT = 2_000
"""How many characters the description of an outcome may have."""

_SKEW = DAY
"""By how much the clock of who reports may be slow."""

_WAITING = (Standing.OPEN, Standing.PENDING, Standing.CLOSED)
_UNKNOWN = Flaw("decision_id", "unknown", "no decision has this id; send the decision_id of a notification")
_NOT_GRANTED = Flaw(
    "decision_id", "not-granted", "nobody has been told to send this; report what was granted, or came from Watch"
)
_OUTCOME = Flaw("type", "unknown", f"the outcome must be one of {', '.join(OUTCOMES)}")
_EARLY = Flaw("time", "before-decision", "time is more than a day before the decision; send when it happened")


def record(session: Session, plan: Plan, report: Report) -> Reported:
    """Write down one report; the same outcome of the same decision counts once."""
    decision = session.decision(report.decision)
    found = _flaw(report, decision)
    if decision is None or found is not None:
        return Reported(Recorded.REJECTED, found)
    if any(outcome == report.outcome for outcome, _ in decision.outcomes):
        return Reported(Recorded.DUPLICATE)
    decision.outcomes = [*decision.outcomes, (report.outcome, report.time)]
    if report.description:
        decision.descriptions = {**decision.descriptions, report.outcome: report.description}
    if decision.standing in _WAITING and report.outcome != "failed":
        _grant_late(session, plan, decision)
    _apply(session, decision, report)
    session.log(decision)
    goals.reported(session, decision, report.outcome)
    return Reported(Recorded.RECORDED)


def _flaw(report: Report, decision: Decision | None) -> Flaw | None:
    if report.outcome not in OUTCOMES:
        return _OUTCOME
    if len(report.description) > MOST_TEXT:
        said = f"description has {len(report.description):,} characters, at most {MOST_TEXT:,} are allowed"
        return Flaw("description", "too-long", said)
    if decision is None:
        return _UNKNOWN
    if decision.standing in _WAITING and not decision.lapsed:
        return _NOT_GRANTED
    return _EARLY if report.time < decision.created - _SKEW else None


# --- reported late ----------------------------------------------------------------------------------------------------


def _grant_late(session: Session, plan: Plan, decision: Decision) -> None:
    """A reservation that has lapsed went out all the same: it is granted as of the instant at which it was reserved."""
    identity = session.heir(decision.identity)
    user, rule = session.user(identity), plan.rule(decision.rule)
    _stop_waiting(session, identity, decision)
    send = Send(
        at=decision.lapsed,
        wall=zone(decision.zone).wall(decision.lapsed),
        rule=decision.rule,
        category=decision.category,
        channel=decision.channel,
        object=decision.object,
        decision=decision.id,
        counted=rule is None or not rule.category.uncounted,
    )
    enter(user.sends, send, 0)
    session.keep_user(identity)
    decision.standing, decision.verdict = Standing.SENT, Verdict.NOTIFY
    decision.due = decision.next = 0
    if decision.reason != "due":
        decision.reason, decision.outranked_by = "due", ""
        decision.statuses, decision.inputs, decision.opens = PASSED, {}, {}


def _stop_waiting(session: Session, identity: str, decision: Decision) -> None:
    """End the wait, and that of the same notification of another of the user's identities."""
    user, bucket = session.user(identity), session.keys.bucket(identity)
    about = decision.rule, decision.message_id
    for pending in [pending for pending in user.pending if (pending.rule, pending.message_id) == about]:
        if pending.decision != decision.id:
            abandon(session, identity, pending, MERGED)
            continue
        user.pending.remove(pending)
        session.delete(bucket, session.keys.due(bucket, pending.due, pending.decision))


# --- what follows -----------------------------------------------------------------------------------------------------


def _apply(session: Session, decision: Decision, report: Report) -> None:
    if report.outcome == "failed" and decision.standing in _WAITING:
        return
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
