"""Two identities that turn out to be one person may both wait for the same notification."""

from __future__ import annotations

from duly.engine.abandon import abandon
from duly.engine.candidate import decided
from duly.engine.triggers.work import Work

MERGED = "merged"


def end_doubles(work: Work, identity: str) -> None:
    """Of a rule's notifications about one message leave one: what was decided first under the identity that is left."""
    session, user = work.session, work.session.user(identity)
    seen: dict[tuple[str, str], bytes] = {}
    for pending in list(user.pending):
        rule = work.plan.rule(pending.rule)
        if rule is None:
            continue
        own = decided(session.instance(identity, pending.message_id), rule)
        kept = own or seen.setdefault((rule.name, pending.message_id), pending.decision)
        if kept != pending.decision:
            abandon(session, identity, pending, MERGED)
