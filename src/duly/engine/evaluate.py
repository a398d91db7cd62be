"""
The decision itself: candidates of one user at one instant, through the gates, to verdicts.

Pure: no I/O beyond what the session already read for this user, no clock, no logging. Gates are asked in the order of
`Gate`; the first that says no decides, the later ones are not reached. Those that could all be sent now compete.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from duly.conditions.template import MissingSlot, render
from duly.engine import trial
from duly.engine.candidate import Candidate
from duly.engine.consent import refusal
from duly.engine.decision import Decision, Gate, Status, Verdict
from duly.engine.facts import UserFacts
from duly.engine.frequency import Usage, earliest, usage
from duly.engine.local import local_zone
from duly.engine.preferences import muted
from duly.engine.state import Send, User
from duly.engine.triggers.past import Past
from duly.engine.triggers.sequence import missing
from duly.engine.triggers.unless import ending
from duly.meaning.model import CalendarTrigger, Message
from duly.planning.plan import Plan
from duly.timing.solve import Outcome, Solution
from duly.timing.zone import ZoneChoice


def _stopped_at(gate: Gate) -> bytes:
    before = [Status.PASS] * gate
    after = [Status.NOT_REACHED] * (len(Gate) - gate - 1)
    return bytes([*before, Status.FAIL, *after])


_STOPPED = {gate: _stopped_at(gate) for gate in Gate}
_WAIVED = bytes([Status.PASS] * Gate.HOLDOUT + [Status.WAIVED] + [Status.PASS] * (len(Gate) - Gate.HOLDOUT - 1))
_ALL_PASSED = bytes([Status.PASS] * len(Gate))


class _Contender(Struct):
    """A candidate that passed every gate up to expiry, with the answer of the solver."""

    candidate: Candidate
    decision: Decision
    facts: UserFacts
    solution: Solution
    usage: Usage

    @property
    def held(self) -> bool:
        """Whether the user is in a control group of the rule."""
        return self.decision.holdout_verdict != 0


class Evaluation:
    """One user at one instant. `sends` starts as the user's and grows by what this evaluation grants."""

    __slots__ = ("granted", "history", "now", "plan", "sends", "user", "zone")

    def __init__(self, plan: Plan, user: User, history: Past, now: int) -> None:
        self.plan, self.user, self.history, self.now = plan, user, history, now
        self.zone: ZoneChoice = local_zone(plan, user)
        self.sends: list[Send] = [s for s in user.sends if not s.held_until or s.held_until > now]
        self.granted: list[Send] = []

    def verdicts(self, identity: str, candidates: Sequence[Candidate]) -> list[Decision]:
        """A decision for each candidate, in their order; those that could be sent now, in order of competition."""
        contenders: list[_Contender] = []
        decisions = []
        for candidate in candidates:
            decision = self._draft(identity, candidate)
            decisions.append(decision)
            facts = self._facts(candidate)
            if self._admits(candidate, decision, facts):
                used = self._usage(candidate, decision)
                contenders.append(_Contender(candidate, decision, facts, self._solve(candidate, used), used))
        self._compete(contenders)
        return decisions

    # --- the gates before time ----------------------------------------------------------------------------------------

    def _draft(self, identity: str, candidate: Candidate) -> Decision:
        rule = candidate.rule
        return Decision(
            id=candidate.decision,
            identity=identity,
            rule=rule.name,
            location=rule.location,
            rules_version=self.plan.version,
            message_id=candidate.message_id,
            event=candidate.event,
            event_time=candidate.origin,
            created=candidate.created,
            expires=candidate.expires,
            object=candidate.thing,
            category=rule.category.name,
            channel=rule.channel,
            zone=self.zone.zone.name,
            zone_source=self.zone.source,
        )

    def _facts(self, candidate: Candidate) -> UserFacts:
        user = self.user
        return UserFacts(
            self.plan,
            candidate.properties,
            user.traits,
            candidate.related,
            user.consent,
            self.history,
            self.now,
            self.zone.zone,
        )

    def _admits(self, candidate: Candidate, decision: Decision, facts: UserFacts) -> bool:
        """Whether match, consent and expiry let the candidate through; if not, the decision says why."""
        rule = candidate.rule
        if not rule.plain and candidate.waiting is None and (why := missing(candidate, self.user, self.history)):
            return _stop(decision, Gate.MATCH, "no-match", ["match", why])
        ripe = rule.plain or self._is_ripe(candidate, decision)
        if rule.test is not None and (ripe or rule.timeless):
            truth = rule.test(facts)
            if truth is not True:
                return _stop(decision, Gate.MATCH, "unknown" if truth is None else "no-match")
        if (rule.holdouts or rule.experiment is not None) and not self._deal(candidate, decision):
            return False
        refused = refusal(self.user, rule.category, rule.channel) if ripe else ""
        if refused:
            said = self.user.consent.get(rule.category.name, "unknown")
            return _stop(decision, Gate.CONSENT, refused, ["consent", rule.category.name, rule.channel, said])
        if self.user.preferences and muted(self.user, candidate.thing):
            return _stop(decision, Gate.CONSENT, "muted", ["muted", candidate.thing])
        if not rule.plain and (ended := ending(candidate, facts, self.user, self.history)):
            return _stop(decision, Gate.CANCELLED, ended.reason, ["cancelled", ended.event, ended.time])
        if self.now >= decision.expires:
            late = "expired" if candidate.waiting is not None else "too-late"
            return _stop(decision, Gate.EXPIRY, late, ["expiry", decision.expires])
        return True

    def _is_ripe(self, candidate: Candidate, decision: Decision) -> bool:
        """Whether it is time to test what may still change: not before the trigger, of a date not before it is due."""
        if candidate.time > self.now:
            return False
        if not isinstance(candidate.rule.rule.trigger, CalendarTrigger):
            return True
        return self._solve(candidate, self._usage(candidate, decision)).outcome is not Outcome.LATER

    def ended(self, identity: str, candidate: Candidate) -> Decision | None:
        """The decision about a candidate that something ends, whatever the other gates say; None for the others."""
        found = ending(candidate, self._facts(candidate), self.user, self.history)
        if found is None:
            return None
        decision = self._draft(identity, candidate)
        _stop(decision, Gate.CANCELLED, found.reason, ["cancelled", found.event, found.time])
        return decision

    def _deal(self, candidate: Candidate, decision: Decision) -> bool:
        """Find the user's control group and variant; whether there is anything to send to such a user."""
        rule = candidate.rule
        holdout = trial.control_group(self.user, decision.identity, rule)
        if holdout is not None:
            trial.mark(decision, holdout)
        experiment = rule.experiment
        if experiment is None:
            return True
        variant = trial.variant(self.user, decision.identity, experiment)
        if variant is not None:
            decision.variant = variant.name
        elif rule.rule.message is None:
            inputs = ["outside", experiment.key, experiment.coverage]
            return _stop(decision, Gate.HOLDOUT, "not-in-experiment", inputs)
        return True

    # --- time, caps, competition --------------------------------------------------------------------------------------

    def _usage(self, candidate: Candidate, decision: Decision) -> Usage:
        held = decision.holdout_verdict != 0
        return usage(candidate.rule, candidate.thing, self.user, self.sends, held)

    def _solve(self, candidate: Candidate, used: Usage) -> Solution:
        rule, base, expiry = candidate.rule, candidate.time, candidate.expires
        return earliest(rule, base, expiry, self.user, used, self.zone, self.now, self.history)

    def _compete(self, contenders: list[_Contender]) -> None:
        """Grant in order of priority, earlier expiry, event time, rule and message; the rest see what was granted."""
        if len(contenders) > 1:
            contenders.sort(key=_rank)
        for contender in contenders:
            solution, used = contender.solution, contender.usage
            if solution.outcome is Outcome.NOW and self.granted:
                used = self._usage(contender.candidate, contender.decision)
                solution = self._solve(contender.candidate, used)
                if solution.outcome is not Outcome.NOW:
                    contender.decision.outranked_by = self._winner(contender, solution, used)
            self._conclude(contender, solution, used)

    def _conclude(self, contender: _Contender, solution: Solution, used: Usage) -> None:
        decision = contender.decision
        conclude(decision, solution, used, self.zone, contender.candidate.rule.transactional)
        if not contender.candidate.rule.plain and solution.outcome is Outcome.LATER:
            self._leave_open(contender.candidate, decision)
        granted = decision.verdict == Verdict.NOTIFY and self._write_message(contender)
        if granted:
            self._grant(contender)
        if contender.held and granted:
            trial.withhold(decision)
        elif contender.held:
            decision.holdout_verdict = decision.verdict

    def _leave_open(self, candidate: Candidate, decision: Decision) -> None:
        """Say of the gates that are asked only when it is time that they have not been asked."""
        rule = candidate.rule
        if candidate.time > self.now or isinstance(rule.rule.trigger, CalendarTrigger):
            unasked = [Gate.CONSENT] if rule.timeless else [Gate.MATCH, Gate.CONSENT]
            statuses = bytearray(decision.statuses)
            for gate in unasked:
                statuses[gate] = Status.NOT_REACHED
            decision.statuses = bytes(statuses)

    def _winner(self, contender: _Contender, solution: Solution, used: Usage) -> str:
        """The rule that took the slot: of those granted just now, the last one that the full cap counts."""
        name = contender.candidate.rule.name
        counted = self.granted if solution.cap is None else used.caps[solution.cap][1]
        visible = [send for send in self.granted if not send.shadow or send.rule == name]
        return next((s.rule for s in reversed(visible) if any(s is one for one in counted)), visible[-1].rule)

    def _write_message(self, contender: _Contender) -> bool:
        message = self._message(contender)
        if message is None:
            return True
        parts = []
        for template in (message.title, message.body, message.link):
            text = render(template, contender.facts)
            if isinstance(text, MissingSlot):
                return _stop(contender.decision, Gate.MATCH, "missing-content", ["missing", text.name])
            parts.append(text)
        contender.decision.title, contender.decision.body, contender.decision.link = parts
        return True

    def _message(self, contender: _Contender) -> Message | None:
        rule = contender.candidate.rule
        if rule.experiment is None or not contender.decision.variant:
            return rule.rule.message
        return next(v.message for v in rule.experiment.variants if v.name == contender.decision.variant)

    def _grant(self, contender: _Contender) -> None:
        rule, now = contender.candidate.rule, self.now
        send = Send(
            at=now,
            wall=self.zone.zone.wall(now),
            rule=rule.name,
            category=rule.category.name,
            channel=rule.channel,
            object=contender.candidate.thing,
            decision=contender.decision.id,
            counted=not rule.category.uncounted,
            shadow=contender.held,
        )
        self.granted.append(send)
        self.sends = sorted([*self.sends, send], key=_sent)


def _sent(send: Send) -> int:
    return send.at


def _rank(contender: _Contender) -> tuple[int, int, int, str, str]:
    candidate = contender.candidate
    return (
        -candidate.rule.priority,
        contender.decision.expires,
        candidate.time,
        candidate.rule.name,
        candidate.message_id,
    )


def _stop(decision: Decision, gate: Gate, reason: str, inputs: list[object] | None = None) -> bool:
    decision.verdict = Verdict.SUPPRESS
    decision.reason = reason
    decision.statuses = _STOPPED[gate]
    if inputs is not None:
        decision.inputs = {**decision.inputs, int(gate): inputs}
    return False


def conclude(decision: Decision, solution: Solution, used: Usage, zone: ZoneChoice, transactional: bool) -> None:
    """Turn the solver's answer into a verdict with its gates."""
    outcome = solution.outcome
    inputs = used.inputs(solution, zone)
    decision.inputs = {**decision.inputs, **inputs} if decision.inputs else inputs
    if outcome is Outcome.NOW:
        decision.verdict, decision.reason = Verdict.NOTIFY, "due"
        decision.statuses = _WAIVED if transactional else _ALL_PASSED
    elif outcome is Outcome.LATER:
        decision.verdict, decision.reason = Verdict.DEFER, "snoozed" if used.snoozed else "not-yet"
        gate = Gate.CAPS if solution.cap is not None else Gate.TIME
        decision.statuses = _STOPPED[gate]
        decision.due = decision.next = solution.at or 0
    elif outcome is Outcome.CAPPED:
        _stop(decision, Gate.CAPS, "capped")
        decision.next = solution.frees or 0
    elif outcome is Outcome.EXPIRES:
        _stop(decision, Gate.TIME, "expires-first")
        decision.next = solution.at or 0
    else:
        _stop(decision, Gate.TIME, "passed")
    if decision.outranked_by:
        decision.statuses = _STOPPED[Gate.COMPETITION]
        decision.reason = "outranked-by" if decision.verdict == Verdict.SUPPRESS else decision.reason
    if decision.next:
        failed = decision.statuses.index(Status.FAIL)
        decision.opens = {failed: decision.next}
