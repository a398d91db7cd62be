"""What rules depend on beside themselves: relations, events about objects, the zone of the house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from duly.conditions.reads import reads
from duly.difference.aspect import Aspect, Effect, by_inclusion, combined
from duly.meaning.model import Calendar, Relation, Rule, RuleSet, Timing


class Surroundings:
    """Compares what two rule sets declare."""

    def __init__(self, before: RuleSet, after: RuleSet) -> None:
        self._before, self._after = before, after
        self.same = replace(before, rules={}) == replace(after, rules={})

    def aspects(self, before: Rule, after: Rule) -> Iterator[Aspect]:
        """What of it concerns a rule."""
        if before.fans_out != after.fans_out:
            yield Aspect(
                "audience", Effect.INCOMPARABLE, "its events are about an object now, or no more: others are meant"
            )
        for name in sorted(reads(before.where).relations & reads(after.where).relations):
            found = self._relation(name)
            if found is not None:
                yield found
        if self._before.timezone != self._after.timezone and self._looks_at_a_clock(after):
            old, new = (each or "UTC" for each in (self._before.timezone, self._after.timezone))
            yield Aspect("zone", Effect.INCOMPARABLE, f"users without a zone live in {new}, before in {old}")

    def _looks_at_a_clock(self, rule: Rule) -> bool:
        windows = [cap.window for cap in rule.caps] + [limit.window for limit in self._after.limits]
        timed = replace(rule.timing, after=0) != Timing() or bool(self._after.quiet)
        return timed or any(isinstance(window, Calendar) for window in windows)

    def _relation(self, name: str) -> Aspect | None:
        old, new = self._before.relations.get(name), self._after.relations.get(name)
        if old is None or new is None or old == new:
            return None
        return Aspect("audience", _fed(old, new), f"other events put people into `{name}`, or take them out")


def _fed(old: Relation, new: Relation) -> Effect:
    if (old.object, old.key) != (new.object, new.key):
        return Effect.INCOMPARABLE
    added = by_inclusion(frozenset(old.added_by), frozenset(new.added_by))
    return combined((added, by_inclusion(frozenset(new.removed_by), frozenset(old.removed_by))))
