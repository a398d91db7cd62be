"""Answers questions: finds the candidates of a user, has them evaluated and, unless it is a PEEK, settled."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from duly.engine.abandon import abandon, removed
from duly.engine.api import Answer, Mode, Question
from duly.engine.candidate import Candidate, decided, relations_of, revive, thing_of
from duly.engine.decision import Decision, DecisionIds, Gate, Standing, Status, Verdict, unpack_decisions
from duly.engine.direct import Subject, decide, is_ordinary
from duly.engine.evaluate import Evaluation
from duly.engine.event import Event, Flaw
from duly.engine.heard import Heard, hear_question, reads
from duly.engine.history import StoredHistory
from duly.engine.lapse import lapse
from duly.engine.local import local_zone
from duly.engine.merge import instance_of, merges
from duly.engine.observe import observe
from duly.engine.session import Session
from duly.engine.settle import UNMATCHED, Claim, Settlement, premature
from duly.engine.state import Instance, Pending
from duly.engine.triggers.hear import expect, hear
from duly.engine.triggers.segment import catch_up
from duly.planning.plan import Plan, RulePlan

_CLAIMS = {Mode.RESERVE: Claim.RESERVE, Mode.COMMIT: Claim.COMMIT}
_GRANTED = (Standing.RESERVED, Standing.COMMITTED, Standing.LEASED, Standing.SENT, Standing.FAILED)


class _Request(msgspec.Struct, array_like=True):
    """What is kept of a request id: the digest of the request, its instant, and the decisions it was given."""

    digest: bytes
    time: int
    decisions: bytes
    rules_version: str


_encoder = msgspec.msgpack.Encoder()
_request = msgspec.msgpack.Decoder(_Request)


def request_time(value: bytes) -> int:
    """The instant at which a request, of which this is kept, was answered."""
    return _request.decode(value).time


class Answering:
    """Answers the questions of one batch, in order, in one session."""

    __slots__ = ("_heard", "ids", "now", "plan", "session", "since")

    def __init__(self, session: Session, plan: Plan, ids: DecisionIds, now: int, since: dict[str, int]) -> None:
        self.session, self.plan, self.ids, self.now, self.since = session, plan, ids, now, since
        # By the identity of the question, which outlives the batch.
        self._heard: dict[int, Heard] = {}

    def keys(self, question: Question) -> list[bytes]:
        """What will be read to answer a question, as far as it is known beforehand."""
        return reads(self.session, question, self._listening(question))

    def answer(self, question: Question) -> Answer:
        """The answer to one question; what it changes is in the session."""
        if question.request_id and question.mode is not Mode.PEEK:
            return self._once(question)
        return self._answer(question)

    def _once(self, question: Question) -> Answer:
        """A request id that was answered before gets that answer again."""
        bucket = self.session.keys.bucket(question.identity)
        key = self.session.keys.request(bucket, question.identity, question.request_id)
        known = self.session.value(key)
        if known is not None:
            first = _request.decode(known)
            if first.digest != question.digest:
                return Answer(flaw=_REUSED)
            return Answer(unpack_decisions(first.decisions), first.rules_version)
        answer = self._answer(question)
        if answer.flaw is None:
            kept = _Request(question.digest, self.now, _encoder.encode(answer.decisions), answer.rules_version)
            self.session.put(bucket, key, _encoder.encode(kept))
        return answer

    def _answer(self, question: Question) -> Answer:
        return self._directly(question) or self._at_length(question)

    def _directly(self, question: Question) -> Answer | None:
        """The answer to a question as most are, see `duly.engine.direct`; None for the others."""
        session, plan, event, identity = self.session, self.plan, question.event, question.identity
        if event is None or question.mode is not Mode.COMMIT or question.rule or question.full:
            return None
        user = session.user(identity)
        if session.shadow is not None or plan.watched or user.check or not is_ordinary(user):
            return None
        instance = session.instance(identity, event.message_id)
        self._take(identity, event, instance)
        if instance.decisions:
            return None
        match, subject, heard = None, Subject(self, identity, user, event), self._listening(question)
        for rule in heard.rules:
            if not rule.direct:
                return None
            found = subject.match(rule, *heard.related(session, plan, identity, rule))
            if found is not None and match is not None:
                return None
            match = match or found
        decision = None if match is None else decide(match, Claim.COMMIT)
        if decision is None:
            return Answer([], plan.version) if match is None else None
        return Answer([decision], plan.version)

    def _at_length(self, question: Question) -> Answer:
        if question.rule and self.plan.rule(question.rule) is None:
            return Answer(flaw=Flaw("rule", "unknown", f"no published rule is called `{question.rule}`"))
        identity = self.session.resolve(question.identity)
        if question.event is not None and self._was_forgotten(question.event, identity):
            return Answer(flaw=Flaw(f"event.{FORGOTTEN.field}", FORGOTTEN.reason, FORGOTTEN.description))
        if question.mode is not Mode.PEEK:
            if self.session.user(identity).reserved:
                lapse(self.session, identity, self.now)
            catch_up(self, identity)
            return self.judge(question, identity, self.now)
        now = self.now if question.time is None else question.time
        if not self.session.user(identity).reserved:
            return self.judge(question, identity, now)
        aside = self.session.aside(identity)
        lapse(aside, identity, now)
        return Answering(aside, self.plan, self.ids, self.now, self.since).judge(question, identity, now)

    def _was_forgotten(self, event: Event, identity: str) -> bool:
        """Whether an event of the user happened before all about them was deleted."""
        forgotten = self.session.user(identity).forgotten
        return bool(forgotten) and bool(event.identity) and event.time <= forgotten

    def judge(self, question: Question, identity: str, now: int) -> Answer:
        session, user = self.session, self.session.user(identity)
        settled: list[Decision] = []
        candidates: list[Candidate] = []
        if question.event is None:
            self._waiting(question, identity, candidates, settled)
        else:
            self._concerned(question, identity, question.event, candidates, settled)
            if session.shadow is not None and not settled and question.time is None and not question.rule:
                session.shadow.compare(self, identity, question.event, candidates)
        if not candidates:
            return Answer(settled, self.plan.version)
        history = StoredHistory(session, self.plan, identity, self.since)
        evaluation = Evaluation(self.plan, user, history, now)
        decisions = evaluation.verdicts(identity, candidates)
        for decision in decisions:
            decision.mode = question.mode
        if question.mode is not Mode.PEEK:
            settlement = Settlement(session, identity, _CLAIMS[question.mode], now, question.lease)
            settlement.settle(candidates, decisions, evaluation.granted)
        said = [self._promised(*pair, now) for pair in zip(candidates, decisions, strict=True)]
        if not question.full and not question.rule:
            said = [decision for decision in said if decision.reason not in UNMATCHED]
        for decision in said:
            # What was promised before, too, is answered as it is asked for now.
            decision.mode = question.mode
        return Answer(settled + said, self.plan.version)

    # --- candidates ---------------------------------------------------------------------------------------------------

    def _promised(self, candidate: Candidate, decision: Decision, now: int) -> Decision:
        """The decision; or, where it would end what waits before its time, what was promised."""
        if candidate.waiting is None or not premature(candidate, decision, now):
            return decision
        return self.session.decision(decision.id) or decision

    def _waiting(self, question: Question, identity: str, candidates: list[Candidate], settled: list[Decision]) -> None:
        """Everything that waits for the user, due or not."""
        only = self.plan.rule(question.rule) if question.rule else None
        waiting = list(self.session.user(identity).pending)
        self.session.load_waiting(identity, waiting)
        for pending in waiting:
            if only is None or only is self.plan.rule(pending.rule):
                self._revive(question, identity, pending, candidates, settled)

    def _revive(
        self,
        question: Question,
        identity: str,
        pending: Pending,
        candidates: list[Candidate],
        settled: list[Decision],
    ) -> None:
        rule = self.plan.rule(pending.rule)
        if rule is not None:
            candidates.append(revive(self.session, self.plan, rule, identity, pending))
            return
        logged = self.session.decision(pending.decision)
        if question.mode is not Mode.PEEK:
            abandon(self.session, identity, pending)
        if logged is not None:
            settled.append(removed(logged))

    def _concerned(
        self, question: Question, identity: str, event: Event, candidates: list[Candidate], settled: list[Decision]
    ) -> None:
        """The rules that hear the event, each with the instance that exists already or a new one."""
        instance = instance_of(self.session, identity, event.message_id)
        if question.mode is not Mode.PEEK:
            self._take(identity, event, instance)
        only = self.plan.rule(question.rule) if question.rule else None
        for rule in self._listening(question).rules:
            if only is not None and rule is not only:
                continue
            known = decided(instance, rule)
            if known is None:
                candidates.append(self.candidate(identity, event, rule))
            else:
                self._again(question, identity, known, candidates, settled)

    def _listening(self, question: Question) -> Heard:
        """The rules that may match, or also those that cannot if the question wants to hear of them."""
        found = self._heard.get(id(question))
        if found is None:
            found = self._heard[id(question)] = hear_question(self.session, self.plan, question)
        return found

    def _again(
        self,
        question: Question,
        identity: str,
        decision: bytes,
        candidates: list[Candidate],
        settled: list[Decision],
    ) -> None:
        """An instance that exists: what waits is asked again, what was granted is taken, what was refused stays so."""
        waiting = [p for p in self.session.user(identity).pending if p.decision == decision]
        if waiting:
            self._revive(question, identity, waiting[0], candidates, settled)
            return
        logged = self.session.decision(decision)
        if logged is not None:
            settled.append(taken(logged) if logged.standing in _GRANTED else logged)

    def candidate(self, identity: str, event: Event, rule: RulePlan) -> Candidate:
        """A new instance of a rule for a user and an event."""
        about = thing_of(rule, event.properties)
        return Candidate(
            rule=rule,
            decision=self.ids.make(self.session.place(identity).prefix, self.now),
            message_id=event.message_id,
            event=event.name,
            time=event.time + rule.delay,
            created=self.now,
            properties=event.properties,
            raw=event.raw,
            related=relations_of(self.session, rule, identity, self.plan, event.properties, about),
            thing=about,
        )

    def _take(self, identity: str, event: Event, instance: Instance) -> None:
        """Write the user's own event down, once; what is about a thing or merges identities, `ingest` alone."""
        concerns = self.session.resolve(event.identity)
        if instance.taken or concerns not in ("", identity) or merges(event):
            return
        if concerns == "" and event.name in self.plan.rule_set.events:
            return
        instance.taken = True
        self.session.keep_instance(identity, event.message_id)
        self._observe(event, identity)

    def _observe(self, event: Event, identity: str, silent: bool = False) -> None:
        """Write the event down, with all that follows; a zone that changes re-times what waits."""
        user = self.session.user(identity) if identity else None
        expected = expect(self, identity, event) if identity else None
        before = local_zone(self.plan, user).zone if user is not None and user.pending else None
        observe(self.session, self.plan, event, identity)
        if user is not None and before is not None and local_zone(self.plan, user).zone is not before:
            self.retime(identity)
        if expected is not None:
            hear(self, identity, event, expected, silent)

    def retime(self, identity: str) -> None:
        """Ask anew when what waits is due, by what is known now."""
        waiting = list(self.session.user(identity).pending)
        self.session.load_waiting(identity, waiting)
        rules = [(pending, self.plan.rule(pending.rule)) for pending in waiting]
        self.queue(
            identity, [revive(self.session, self.plan, rule, identity, p) for p, rule in rules if rule is not None]
        )

    def queue(self, identity: str, candidates: Sequence[Candidate]) -> None:
        """Evaluate each by itself; what passes waits, holding no slot, until it is due and claimed."""
        if not candidates:
            return
        user = self.session.user(identity)
        history = StoredHistory(self.session, self.plan, identity, self.since)
        settlement = Settlement(self.session, identity, Claim.QUEUE, self.now)
        for candidate in candidates:
            evaluation = Evaluation(self.plan, user, history, self.now)
            decisions = evaluation.verdicts(identity, [candidate])
            settlement.settle([candidate], decisions, evaluation.granted)


FORGOTTEN = Flaw("timestamp", "before-deletion", "the user was deleted after this happened, so it is not taken in")
_REUSED = Flaw("request_id", "reused", "this request_id was used for another request; use a new one")


def taken(decision: Decision) -> Decision:
    """The answer about an instance that somebody else was granted."""
    decision.verdict, decision.reason = Verdict.SUPPRESS, "taken"
    decision.statuses = _DUPLICATE
    decision.due = decision.next = 0
    return decision


_DUPLICATE = bytes([Status.PASS, Status.FAIL] + [Status.NOT_REACHED] * (len(Gate) - 2))
