"""
The part a user plays in a rule's experiment and control groups.

The hash of the user id decides, so nothing needs to be remembered; only who was dealt out under another id, before two
identities merged, keeps that id for that seed. A user whom the experiment does not cover gets the rule's own `send` if
it has one, else SUPPRESS(`not-in-experiment`) at the holdout gate, before consent is asked. A user in a control group
goes the same way as everybody: waits, is capped, is refused; just the grant becomes SUPPRESS(`holdout`), without a
message. While it has not come to that, the holdout gate passes and says that the user is in a control group.
"""

from __future__ import annotations

from duly.engine.decision import Decision, Gate, Status, Verdict
from duly.engine.state import Assigned, User
from duly.meaning.model import Variant
from duly.planning.experiment import ExperimentPlan, HoldoutPlan
from duly.planning.plan import RulePlan

_PREFIX = 2
"""An identity is a user id after `u:` or `a:`; other systems know it without."""


def subject(user: User, identity: str, seed: str) -> str:
    """The id under which a user is dealt out with a seed."""
    first = user.assigned.get(seed) if user.assigned else None
    return identity[_PREFIX:] if first is None else first.user_id


def control_group(user: User, identity: str, rule: RulePlan) -> HoldoutPlan | None:
    """The control group of the house or of the rule that a user is in, if any."""
    for holdout in rule.holdouts:
        if holdout.holds(subject(user, identity, holdout.seed)):
            return holdout
    return None


def variant(user: User, identity: str, experiment: ExperimentPlan) -> Variant | None:
    """The user's variant, None for a user whom the experiment does not cover."""
    return experiment.variant(subject(user, identity, experiment.key))


def enrol(user: User, identity: str, rule: RulePlan, now: int) -> None:
    """Note that a user was dealt out for a rule, which a merge of identities then keeps; the caller keeps the user."""
    if not rule.holdouts and rule.experiment is None:
        return
    seeds = [holdout.seed for holdout in rule.holdouts]
    if rule.experiment is not None:
        seeds.append(rule.experiment.key)
    for seed in seeds:
        if seed not in user.assigned:
            user.assigned[seed] = Assigned(identity[_PREFIX:], now)


def merge_assignments(person: User, origin: User) -> None:
    """Give `person` what `origin` was dealt out with, where that came first; the caller keeps the user."""
    for seed, assigned in origin.assigned.items():
        known = person.assigned.get(seed)
        if known is None or assigned.time < known.time:
            person.assigned[seed] = assigned


# --- what a decision says ---------------------------------------------------------------------------------------------


def mark(decision: Decision, holdout: HoldoutPlan) -> None:
    """Note on a decision that its user is in a control group."""
    decision.holdout_verdict = Verdict.SUPPRESS
    decision.inputs = {**decision.inputs, int(Gate.HOLDOUT): ["held", holdout.seed, holdout.share]}


def withhold(decision: Decision) -> None:
    """Turn the would-be grant of a user in a control group into a refusal that keeps the other gates as they were."""
    decision.holdout_verdict = Verdict.NOTIFY
    decision.verdict, decision.reason = Verdict.SUPPRESS, "holdout"
    decision.statuses = _with_holdout(decision.statuses, Status.FAIL)
    decision.title = decision.body = decision.link = ""


def put_off(decision: Decision) -> None:
    """Let a would-be grant wait like everybody's until somebody claims it."""
    decision.holdout_verdict = Verdict.DEFER
    if decision.reason == "holdout":
        decision.reason = "due"
        decision.statuses = _with_holdout(decision.statuses, Status.PASS)


def _with_holdout(statuses: bytes, status: Status) -> bytes:
    return statuses[: Gate.HOLDOUT] + bytes([status]) + statuses[Gate.HOLDOUT + 1 :]
