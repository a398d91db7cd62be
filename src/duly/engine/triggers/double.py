"""Two identities that turn out to be one person may both have the same notification."""

from __future__ import annotations

from collections.abc import Iterator

from duly.engine.abandon import MERGED, abandon
from duly.engine.candidate import decided
from duly.engine.decision import Decision, Standing
from duly.engine.state import Pending
from duly.engine.triggers.work import Work
from duly.planning.plan import RulePlan

_ORDER = {
    Standing.SENT: 0,
    Standing.COMMITTED: 0,
    Standing.LEASED: 0,
    Standing.RESERVED: 1,
    Standing.PENDING: 2,
}
_OVER = 3


def end_doubles(work: Work, identity: str) -> None:
    """
    Of a rule's notifications about one message leave one, of which all identities know.

    What was granted comes first, then what is reserved, then what was decided under the identity that is left.
    """
    user = work.session.user(identity)
    for pending in [*user.pending, *user.reserved]:
        rule = work.plan.rule(pending.rule)
        if rule is not None:
            _end_others(work, identity, rule, pending)


def _end_others(work: Work, identity: str, rule: RulePlan, pending: Pending) -> None:
    known = list(_decisions(work, identity, rule, pending.message_id))
    if len(known) < 2:
        return
    kept = min(known, key=_place)
    instance = work.session.instance(identity, pending.message_id)
    instance.decide(rule.name, kept.id)
    work.session.keep_instance(identity, pending.message_id)
    if kept.id != pending.decision and _place(kept) < _OVER:
        _end(work, identity, pending)


def _decisions(work: Work, identity: str, rule: RulePlan, message_id: str) -> Iterator[Decision]:
    """What the rule decided about a message under each identity, the one that is left first."""
    session = work.session
    for known in (identity, *session.user(identity).identities):
        decision = decided(session.instance(known, message_id), rule)
        logged = None if decision is None else session.decision(decision)
        if logged is not None:
            yield logged


def _place(decision: Decision) -> int:
    if decision.reason == "holdout":
        return _ORDER[Standing.SENT]
    return _ORDER.get(Standing(decision.standing), _OVER)


def _end(work: Work, identity: str, pending: Pending) -> None:
    """What is reserved keeps its slot until its lease is over, but does not wait again afterwards."""
    user = work.session.user(identity)
    if pending in user.reserved:
        user.reserved = [other for other in user.reserved if other.decision != pending.decision]
        work.session.keep_user(identity)
    else:
        abandon(work.session, identity, pending, MERGED)
