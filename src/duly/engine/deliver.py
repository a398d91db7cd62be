"""Hands out what is due: claims it for a worker, hands lost ones out again, and returns the slots of lapsed leases."""

from __future__ import annotations

from collections.abc import Iterable

from duly.engine.abandon import abandon
from duly.engine.answer import Answering
from duly.engine.api import Handed, Wanted
from duly.engine.candidate import Candidate, revive
from duly.engine.decision import Decision, Verdict
from duly.engine.evaluate import Evaluation
from duly.engine.history import StoredHistory
from duly.engine.lapse import lapse
from duly.engine.settle import Claim, Settlement
from duly.engine.state import Delivery

FIRST, LAST = -(1 << 40), 1 << 40
"""Ranks before and behind those of all rules. The rank of a rule is its priority with the sign changed."""


class Delivering(Answering):
    """Deals with what is due for one user at `now`."""

    __slots__ = ()

    def hand_out(self, identity: str, worker: str, lease: int, limit: int, wanted: Wanted) -> list[Handed]:
        """
        At most `limit` notifications for a worker that wants them.

        All candidates of the user that are due compete; those granted beyond the limit keep their slot and are handed
        out next time.
        """
        lapse(self.session, identity, self.now)
        handed = self._hand_out_again(identity, worker, lease, limit, wanted)
        granted, dues = self._grant_due(identity, worker, lease, wanted)
        room = limit - len(handed)
        for decision in granted[room:]:
            self._keep_back(identity, decision)
        return handed + [self._handed(identity, decision, 1, dues[decision.id]) for decision in granted[:room]]

    # --- lost and kept back -------------------------------------------------------------------------------------------

    def _hand_out_again(self, identity: str, worker: str, lease: int, limit: int, wanted: Wanted) -> list[Handed]:
        """What a worker had and did not report within its lease, or what was kept back: the same id, the same slot."""
        user = self.session.user(identity)
        handed: list[Handed] = []
        for delivery in [d for d in user.deliveries if d.lease_until <= self.now]:
            decision = self.session.decision(delivery.decision)
            if decision is None or len(handed) >= limit or not _wants(wanted, decision):
                continue
            self._lease(identity, delivery, worker, self.now + lease)
            decision.lease_until = delivery.lease_until
            self.session.log(decision)
            handed.append(self._handed(identity, decision, delivery.attempt))
        return handed

    def _lease(self, identity: str, delivery: Delivery, worker: str, until: int) -> None:
        bucket = self.session.keys.bucket(identity)
        self.session.delete(bucket, self.session.keys.due(bucket, delivery.lease_until, delivery.decision))
        delivery.lease_until, delivery.worker = until, worker
        delivery.attempt += 1
        self.session.queue(bucket, until, delivery.decision, identity)
        self.session.keep_user(identity)

    def _keep_back(self, identity: str, decision: Decision) -> None:
        """Granted, but the worker has no room: due again at once, as if its lease were over."""
        for delivery in self.session.user(identity).deliveries:
            if delivery.decision == decision.id:
                self._lease(identity, delivery, "", self.now)
                delivery.attempt = 0

    def _handed(self, identity: str, decision: Decision, attempt: int, due: int = 0) -> Handed:
        return Handed(decision, decision.lease_until, attempt, self.session.user(identity), due)

    def rank(self, identity: str, wanted: Wanted) -> int:
        """The best rank among what waits for the user and is due; `FIRST` for who only has what was lost or lapsed."""
        due = [pending for pending in self.session.user(identity).pending if pending.due <= self.now]
        rules = [rule for pending in due if (rule := self.plan.rule(pending.rule)) is not None]
        ranks = [-rule.priority for rule in rules if _takes(wanted, rule.name, rule.category.name, rule.channel)]
        return min(ranks, default=FIRST)

    # --- what waited --------------------------------------------------------------------------------------------------

    def _grant_due(
        self, identity: str, worker: str, lease: int, wanted: Wanted
    ) -> tuple[list[Decision], dict[bytes, int]]:
        """Evaluate what waits and is due, afresh; the decisions that were granted, and since when each was due."""
        candidates = self._due(identity, wanted)
        if not candidates:
            return [], {}
        dues = {candidate.decision: candidate.waiting.due for candidate in candidates if candidate.waiting is not None}
        user = self.session.user(identity)
        history = StoredHistory(self.session, self.plan, identity, self.since)
        evaluation = Evaluation(self.plan, user, history, self.now)
        decisions = evaluation.verdicts(identity, candidates)
        settlement = Settlement(self.session, identity, Claim.LEASE, self.now, lease, worker)
        settlement.settle(candidates, decisions, evaluation.granted)
        return [decision for decision in decisions if decision.verdict == Verdict.NOTIFY], dues

    def _due(self, identity: str, wanted: Wanted) -> list[Candidate]:
        candidates = []
        for pending in list(self.session.user(identity).pending):
            if pending.due > self.now:
                continue
            rule = self.plan.rule(pending.rule)
            if rule is None:
                abandon(self.session, identity, pending)
            elif _takes(wanted, rule.name, rule.category.name, rule.channel):
                candidates.append(revive(self.session, self.plan, rule, identity, pending))
        return candidates

    # --- what nobody fetched ------------------------------------------------------------------------------------------

    def sweep(self, identity: str) -> None:
        """Without a worker: let reservations lapse, and close what waited until it was no use any more."""
        lapse(self.session, identity, self.now)
        plan, user = self.plan, self.session.user(identity)
        for pending in list(user.pending):
            rule = plan.rule(pending.rule)
            if rule is None:
                abandon(self.session, identity, pending)
            elif pending.expires <= self.now:
                self._expire(identity, revive(self.session, plan, rule, identity, pending))

    def _expire(self, identity: str, candidate: Candidate) -> None:
        user = self.session.user(identity)
        history = StoredHistory(self.session, self.plan, identity, self.since)
        evaluation = Evaluation(self.plan, user, history, self.now)
        decisions = evaluation.verdicts(identity, [candidate])
        Settlement(self.session, identity, Claim.QUEUE, self.now).settle([candidate], decisions, evaluation.granted)

    def clean(self, identity: str, keys: Iterable[bytes]) -> None:
        """Delete entries of the due queue that nothing of the user stands behind any more."""
        user, bucket = self.session.user(identity), self.session.keys.bucket(identity)
        alive = [(p.due, p.decision) for p in user.pending] + [(d.lease_until, d.decision) for d in user.deliveries]
        alive += [(send.held_until, send.decision) for send in user.sends if send.held_until]
        kept = {self.session.keys.due(bucket, instant, decision) for instant, decision in alive}
        for key in keys:
            if key not in kept:
                self.session.delete(bucket, key)


def _wants(wanted: Wanted, decision: Decision) -> bool:
    return _takes(wanted, decision.rule, decision.category, decision.channel)


def _takes(wanted: Wanted, rule: str, category: str, channel: str) -> bool:
    return (
        (not wanted.rules or rule in wanted.rules)
        and (not wanted.categories or category in wanted.categories)
        and (not wanted.channels or channel in wanted.channels)
    )
