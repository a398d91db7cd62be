"""Who takes part: variants, control groups and consent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from duly.difference.aspect import Aspect, Effect, by_inclusion
from duly.difference.sample import SIZE, user_ids
from duly.experiments.allocation import NOBODY, Allocation
from duly.meaning.model import Category, Rule, RuleSet
from duly.planning.experiment import experiment_of, holdouts_of


@dataclass(frozen=True, slots=True)
class Moved:
    """Shares of a sample of users, fractions: in another variant than before, newly in one, in none any more."""

    moved: float = 0.0
    joined: float = 0.0
    left: float = 0.0

    @property
    def text(self) -> str:
        """`12% of users move to another variant, 5% take part from now on`."""
        parts = (
            (self.moved, "move to another variant"),
            (self.joined, "take part from now on"),
            (self.left, "take part no more"),
        )
        return ", ".join(f"{_percent(share)} of users {what}" for share, what in parts if share) or "nobody moves"


def _percent(share: float) -> str:
    return f"{share * 100:.3g}%" if share >= 0.001 else "less than 0.1%"


def moved(before: Rule, after: Rule) -> Moved | None:
    """Who changes variant, None when no rule has any or the arms are the same."""
    if before.experiment is None and after.experiment is None:
        return None
    old, new = _variants(before), _variants(after)
    pairs = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    changed = sum(1 for one, other in pairs if one is not None and other is not None)
    joined = sum(1 for one, _ in pairs if one is None)
    return Moved(changed / SIZE, joined / SIZE, (len(pairs) - changed - joined) / SIZE) if pairs else None


def _variants(rule: Rule) -> list[str | None]:
    plan = experiment_of(rule)
    if plan is None:
        return [None] * SIZE
    names = [variant.name for variant in plan.variants]
    return [None if arm == NOBODY else names[arm] for arm in _dealt(plan.allocation)]


@lru_cache(maxsize=64)
def _dealt(allocation: Allocation) -> tuple[int, ...]:
    return tuple(map(allocation.arm, user_ids()))


def variants_aspect(before: Rule, after: Rule) -> Aspect | None:
    """The difference between two experiments."""
    if before.experiment == after.experiment:
        return None
    found = moved(before, after)
    if before.experiment is None or after.experiment is None:
        text = "it has variants now" if before.experiment is None else "it has no variants any more"
        if None not in _variants(after if before.experiment is None else before):
            return Aspect("variants", Effect.OTHERWISE, text)
        text += ", and users whom they do not cover"
        if before.experiment is None:
            return Aspect("variants", Effect.LESS, f"{text} get nothing any more")
        return Aspect("variants", Effect.MORE, f"{text} get it, too")
    if found is None:
        return Aspect("variants", Effect.OTHERWISE, "the variants say something else, and nobody moves")
    effect = Effect.OTHERWISE
    if found.joined or found.left:
        effect = Effect.MORE if not found.left else Effect.LESS if not found.joined else Effect.INCOMPARABLE
    return Aspect("variants", effect, found.text)


def holdout_aspect(before: tuple[Rule, Category, RuleSet], after: tuple[Rule, Category, RuleSet]) -> Aspect | None:
    """The difference between the control groups that bind a rule."""
    old, new = holdouts_of(*before), holdouts_of(*after)
    if old == new:
        return None
    held = [frozenset(id for plan in plans for id in _held(plan.allocation)) for plans in (old, new)]
    effect = by_inclusion(held[1], held[0])
    shares = [f"{len(ids) / SIZE:.1%}" for ids in held]
    return Aspect("holdout", effect, f"the control groups hold back {shares[1]} of users, before {shares[0]}")


@lru_cache(maxsize=64)
def _held(allocation: Allocation) -> frozenset[str]:
    return frozenset(id for id in user_ids() if allocation.arm(id) != NOBODY)


def consent_aspect(before: tuple[Rule, Category], after: tuple[Rule, Category]) -> Aspect | None:
    """The difference in who has to agree to what."""
    (rule, category), (later, now) = before, after
    if rule.channel != later.channel:
        return Aspect("channel", Effect.INCOMPARABLE, f"it goes by {later.channel}, before by {rule.channel}")
    if category.name != now.name:
        text = f"it is in category `{now.name}`, before in `{category.name}`: other people have agreed to it"
        return Aspect("consent", Effect.INCOMPARABLE, text)
    if category.opt_in != now.opt_in:
        what = "nobody who has not said yes gets it" if now.opt_in else "everybody gets it who has not said no"
        return Aspect("consent", Effect.LESS if now.opt_in else Effect.MORE, f"category `{now.name}`: {what}")
    if category.uncounted != now.uncounted:
        text = f"its sends {'no longer count' if now.uncounted else 'count'} towards house limits"
        return Aspect("category", Effect.EQUIVALENT if not now.transactional else Effect.OTHERWISE, text)
    return None
