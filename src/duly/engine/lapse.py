"""Reservations whose lease ran out: the slot comes back and the notification waits again."""

from __future__ import annotations

from duly.engine.abandon import MERGED, removed
from duly.engine.decision import Standing, Verdict
from duly.engine.session import Session
from duly.engine.state import Send


def lapse(session: Session, identity: str, now: int) -> None:
    """End the user's reservations that are over at `now`; what they held is due at once."""
    user = session.user(identity)
    over = [send for send in user.sends if send.held_until and send.held_until <= now]
    if not over:
        return
    user.sends = [send for send in user.sends if send not in over]
    for send in over:
        _wait_again(session, identity, send, now)
    session.keep_user(identity)


def _wait_again(session: Session, identity: str, send: Send, now: int) -> None:
    user, bucket = session.user(identity), session.keys.bucket(identity)
    session.delete(bucket, session.keys.due(bucket, send.held_until, send.decision))
    waiting = [pending for pending in user.reserved if pending.decision == send.decision]
    for pending in waiting:
        user.reserved.remove(pending)
        pending.due, pending.lapsed = now, send.at
        user.pending.append(pending)
        session.queue(bucket, now, pending.decision, identity)
    logged = session.decision(send.decision)
    if logged is None:
        return
    logged.lease_until, logged.lapsed = 0, send.at
    if waiting:
        logged.verdict, logged.standing, logged.due = Verdict.DEFER, Standing.PENDING, now
    else:
        removed(logged, MERGED)
    session.log(logged)
