"""Compares two rule sets, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from duly.difference.aspect import Aspect, Effect, combined
from duly.difference.condition import Conditions
from duly.difference.content import content_aspects
from duly.difference.frequency import frequency_aspects
from duly.difference.kept import lost, reach_of, renamed_without_was
from duly.difference.people import consent_aspect, holdout_aspect, moved, variants_aspect
from duly.difference.surroundings import Surroundings
from duly.difference.timing import Timings, When
from duly.difference.trigger import segment_aspect, trigger_aspect
from duly.meaning.model import Category, Rule, RuleSet


class Change(IntEnum):
    """What happened to a rule."""

    ADDED = 1
    REMOVED = 2
    CHANGED = 3
    RENAMED = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One rule that means something else, or is written so that it might.

    `previous` is the name it had, `lost` what was kept for it and is not taken over, `moved` the share of users (a
    fraction of a sample) who change to another variant, None when it has no variants or their arms are the same.
    """

    rule: str
    change: Change
    effect: Effect
    aspects: tuple[Aspect, ...] = ()
    previous: str = ""
    lost: tuple[str, ...] = ()
    moved: float | None = None

    @property
    def means_the_same(self) -> bool:
        """Whether nobody but a reader notices."""
        return self.change is Change.CHANGED and self.effect is Effect.EQUIVALENT and not self.lost


def differences(before: RuleSet, after: RuleSet, start: int) -> Iterator[Difference]:
    """
    The differences, by the names of the rules after, then of those that are gone.

    Examples are given at instants from `start` on, in microseconds. A rule that is written as before, in a rule set
    that is, is passed over.
    """
    comparison = _Comparison(before, after, start)
    pairs = {name: _previous(rule, before) for name, rule in after.rules.items()}
    kept = set(pairs.values())
    gone = {name: rule for name, rule in before.rules.items() if name not in kept}
    new = {name: after.rules[name] for name, previous in pairs.items() if not previous}
    formerly = renamed_without_was(new, gone)
    for name in sorted(after.rules):
        if not pairs[name]:
            yield _added(name, formerly.get(name, ""))
        elif found := comparison.of(before.rules[pairs[name]], after.rules[name]):
            yield found
    for name in sorted(gone):
        yield Difference(name, Change.REMOVED, Effect.LESS, lost=("what waits for it is cancelled",))


def _previous(rule: Rule, before: RuleSet) -> str:
    """The name under which the rule before kept what this one takes over, empty for a new rule."""
    if rule.name in before.rules:
        return rule.name
    return next((name for name in rule.was if name in before.rules), "")


def _added(name: str, formerly: str) -> Difference:
    if not formerly:
        return Difference(name, Change.ADDED, Effect.MORE)
    loss = f"it seems to be `{formerly}` under another name; without `was {formerly}` its counters start again"
    return Difference(name, Change.ADDED, Effect.MORE, lost=(loss,))


class _Comparison:
    """Holds what is worked out once for all rules."""

    def __init__(self, before: RuleSet, after: RuleSet, start: int) -> None:
        self._sets = before, after
        self._start = start
        self._conditions = Conditions(before, after)
        self._timings = Timings(start)
        self._surroundings = Surroundings(before, after)
        self._reach = reach_of(before)

    def of(self, before: Rule, after: Rule) -> Difference | None:
        """The difference between two rules, None when there is nothing to tell."""
        renamed = before.name != after.name
        if not renamed and self._surroundings.same and before == after:
            return None
        aspects = tuple(self._aspects(before, after))
        losses = tuple(lost(before, after, self._reach))
        if not (renamed or aspects or losses):
            return None
        change = Change.RENAMED if renamed else Change.CHANGED
        effect = combined(aspect.effect for aspect in aspects)
        people = moved(before, after) if before.experiment != after.experiment else None
        share = people.moved if people is not None and before.experiment and after.experiment else None
        previous = before.name if renamed else ""
        return Difference(after.name, change, effect, aspects, previous, losses, share)

    def _aspects(self, before: Rule, after: Rule) -> Iterator[Aspect]:
        old = before, self._category(before, 0), self._sets[0]
        new = after, self._category(after, 1), self._sets[1]
        yield from _found(trigger_aspect(before, after), segment_aspect(before, after, self._sets))
        if self._conditions.differ(before, after):
            yield self._conditions.aspect(before, after)
        yield from self._surroundings.aspects(before, after)
        yield from _found(consent_aspect(old[:2], new[:2]), self._timings.aspect(When.of(*old), When.of(*new)))
        yield from frequency_aspects(old, new, self._start)
        yield from _found(holdout_aspect(old, new), variants_aspect(before, after))
        yield from content_aspects(before, after)

    def _category(self, rule: Rule, side: int) -> Category:
        return self._sets[side].categories.get(rule.category) or Category(rule.category)


def _found(*aspects: Aspect | None) -> Iterable[Aspect]:
    return [aspect for aspect in aspects if aspect is not None]
