"""Turns a verdict into what is written: grants, pending notifications, the due queue, the log and the instance."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from enum import IntEnum
from operator import attrgetter

from duly.engine.candidate import Candidate
from duly.engine.decision import Decision, Standing, Verdict
from duly.engine.goals import await_goal
from duly.engine.session import Session
from duly.engine.state import Delivery, Pending, Send, User
from duly.engine.trial import enrol, put_off
from duly.engine.triggers.past import correlation
from duly.meaning.model import SequenceTrigger


class Claim(IntEnum):
    """
    Who asks. QUEUE: nobody yet, so what could be sent now waits for somebody to claim it. The others take the slot: for
    good (COMMIT), for a lease of the caller's (RESERVE), or for a worker that holds the notification (LEASE).
    """

    QUEUE = 0
    RESERVE = 2
    COMMIT = 3
    LEASE = 4


_STANDING = {Claim.RESERVE: Standing.RESERVED, Claim.COMMIT: Standing.COMMITTED, Claim.LEASE: Standing.LEASED}


UNMATCHED = ("no-match", "unknown")
"""The reasons of a rule that has nothing to say about an event."""

_FINAL = ("expired", "holdout", "cancelled", "restarted")
"""What ends a notification whenever it is found out."""


def premature(candidate: Candidate, decision: Decision, now: int) -> bool:
    """Refused before its time: what waits is asked again at its instant, so until then it goes on waiting."""
    waiting = candidate.waiting
    early = waiting is not None and waiting.due > now
    return early and decision.verdict == Verdict.SUPPRESS and decision.reason not in _FINAL


_SENT = attrgetter("at")


def enter(sends: list[Send], send: Send, edge: int) -> None:
    """Add a send in its place by time, and forget those of the instant `edge` and before."""
    if not sends or sends[-1].at <= send.at:
        sends.append(send)
    else:
        insort(sends, send, key=_SENT)
    while sends[0].at <= edge:
        sends.pop(0)


class Settlement:
    """Writes the verdicts of one user at one instant."""

    __slots__ = ("bucket", "claim", "identity", "lease", "now", "session", "user", "worker")

    def __init__(
        self, session: Session, identity: str, claim: Claim, now: int, lease: int = 0, worker: str = ""
    ) -> None:
        self.session, self.identity, self.claim, self.now = session, identity, claim, now
        self.lease, self.worker = lease, worker
        self.user: User = session.user(identity)
        self.bucket = session.keys.bucket(identity)

    def settle(self, candidates: Sequence[Candidate], decisions: Sequence[Decision], granted: Sequence[Send]) -> None:
        """Write each verdict; `granted` are the sends of those that are NOTIFY."""
        sends = {send.decision: send for send in granted}
        for candidate, decision in zip(candidates, decisions, strict=True):
            if candidate.waiting is None and decision.reason in UNMATCHED:
                continue
            if candidate.waiting is not None and premature(candidate, decision, self.now):
                continue
            self._settle(candidate, decision, sends.get(decision.id))
            self._remember(candidate, decision)
            self.session.log(decision)

    def _settle(self, candidate: Candidate, decision: Decision, send: Send | None) -> None:
        if candidate.waiting is not None:
            self._stop_waiting(candidate.waiting)
            decision.lapsed = candidate.waiting.lapsed
        if send is not None and self.claim is not Claim.QUEUE:
            self._take_part(candidate, send)
            if send.shadow:
                self._withhold(candidate, decision, send)
            else:
                self._grant(candidate, decision, send)
        elif decision.verdict == Verdict.SUPPRESS and send is None:
            decision.standing = Standing.CLOSED
        else:
            self._wait(candidate, decision)

    def _take_part(self, candidate: Candidate, send: Send) -> None:
        """What a grant and a would-be grant have in common, so that the groups of an experiment compare."""
        enrol(self.user, self.identity, candidate.rule, self.now)
        await_goal(self.user, candidate, self.now, sent=send.shadow)

    def _withhold(self, candidate: Candidate, decision: Decision, send: Send) -> None:
        """The would-be grant of a user in a control group: over, but the rule's own caps count it."""
        decision.standing = Standing.CLOSED
        self._count(send, candidate.rule.sends_kept)

    def _grant(self, candidate: Candidate, decision: Decision, send: Send) -> None:
        decision.standing = _STANDING[self.claim]
        if self.claim is not Claim.COMMIT:
            decision.lease_until = self.now + self.lease
            self._queue(decision.lease_until, decision.id)
        if self.claim is Claim.RESERVE:
            send.held_until = decision.lease_until
            self.user.reserved.append(_pending(candidate, decision, self.now, candidate.raw))
        elif self.claim is Claim.LEASE:
            self.user.deliveries.append(Delivery(decision.id, decision.lease_until, 1, self.worker, self.now))
        self._count(send, candidate.rule.sends_kept)

    def _count(self, send: Send, kept: int) -> None:
        """Enter a send, and forget those that no cap reaches any more."""
        enter(self.user.sends, send, self.now - kept)
        self.session.keep_user(self.identity)

    def _wait(self, candidate: Candidate, decision: Decision) -> None:
        """Hold the notification until it is due; one that is due already waits for whoever claims it."""
        due = decision.due or self.now
        enrol(self.user, self.identity, candidate.rule, self.now)
        if decision.holdout_verdict:
            put_off(decision)
        decision.verdict, decision.due, decision.standing = Verdict.DEFER, due, Standing.PENDING
        self.user.pending.append(_pending(candidate, decision, due))
        self._queue(due, decision.id, candidate.raw)
        self.session.keep_user(self.identity)

    def _stop_waiting(self, waiting: Pending) -> None:
        self.user.pending = [p for p in self.user.pending if p.decision != waiting.decision]
        self.session.delete(self.bucket, self.session.keys.due(self.bucket, waiting.due, waiting.decision))
        self.session.keep_user(self.identity)

    def _queue(self, due: int, decision: bytes, properties: bytes = b"") -> None:
        self.session.queue(self.bucket, due, decision, self.identity, properties)

    def _remember(self, candidate: Candidate, decision: Decision) -> None:
        instance = self.session.instance(self.identity, candidate.message_id)
        if instance.decide(candidate.rule.name, decision.id):
            self.session.keep_instance(self.identity, candidate.message_id)


def _pending(candidate: Candidate, decision: Decision, due: int, properties: bytes = b"") -> Pending:
    return Pending(
        decision=decision.id,
        rule=candidate.rule.name,
        message_id=candidate.message_id,
        event=candidate.event,
        event_time=candidate.origin,
        properties=properties,
        due=due,
        created=candidate.created,
        expires=decision.expires,
        key=_correlation(candidate),
        lapsed=decision.lapsed,
    )


def _correlation(candidate: Candidate) -> str:
    trigger = candidate.rule.rule.trigger
    return (correlation(candidate.properties, trigger.key) or "") if isinstance(trigger, SequenceTrigger) else ""
