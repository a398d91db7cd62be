"""What becomes of a pending notification whose rule is gone."""

from __future__ import annotations

from duly.engine.decision import Decision, Gate, Standing, Status, Verdict
from duly.engine.session import Session
from duly.engine.state import Pending

GONE = "rule-removed"
MERGED = "merged"
_UNMATCHED = bytes([Status.FAIL] + [Status.NOT_REACHED] * (len(Gate) - 1))


def abandon(session: Session, identity: str, pending: Pending, reason: str = GONE) -> None:
    """End what waits because its rule is not published any more, or for another reason."""
    user, bucket = session.user(identity), session.keys.bucket(identity)
    user.pending = [p for p in user.pending if p.decision != pending.decision]
    session.delete(bucket, session.keys.due(bucket, pending.due, pending.decision))
    session.keep_user(identity)
    logged = session.decision(pending.decision)
    if logged is not None:
        session.log(removed(logged, reason))


def removed(decision: Decision, reason: str = GONE) -> Decision:
    """The decision as it ends when its rule is gone, or for another reason."""
    decision.verdict, decision.reason, decision.standing = Verdict.SUPPRESS, reason, Standing.CLOSED
    decision.statuses = _UNMATCHED
    decision.due = decision.next = 0
    return decision
