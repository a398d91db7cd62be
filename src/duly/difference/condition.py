"""Whether two conditions are true in the same cases, with a case in which they are not."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from duly.conditions.reads import reads
from duly.difference.aspect import Aspect, Effect, Witness
from duly.lint.logic.reason import Example, Reason
from duly.lint.logic.told import told
from duly.lint.logic.wants import Want
from duly.meaning.model import And, Condition, InSegment, Rule, RuleSet, Segment

_ALWAYS = And(())
_AFTER = " afterwards"
"""Marks the segments of the rule set after; no name has a space."""


class Conditions:
    """Compares the conditions of rules of one rule set with those of another."""

    def __init__(self, before: RuleSet, after: RuleSet) -> None:
        self._same = before.segments == after.segments
        later = {} if self._same else {f"{name}{_AFTER}": _later(each) for name, each in after.segments.items()}
        self._reason = Reason({**before.segments, **later})
        self._before, self._after = before, after

    def differ(self, before: Rule, after: Rule) -> bool:
        """Whether the conditions, or segments that they name, are written differently."""
        return before.where != after.where or self._text(before, self._before) != self._text(after, self._after)

    def aspect(self, before: Rule, after: Rule) -> Aspect:
        """The difference in effect. What the bounded normal form cannot decide is said to be changed and no more."""
        one, other = before.where or _ALWAYS, after.where or _ALWAYS
        if not self._same:
            other = renamed(other)
        narrower, wider = self._reason.implies(other, one), self._reason.implies(one, other)
        if narrower and wider:
            text = "the condition is written differently and true in the same cases"
            return Aspect("condition", Effect.EQUIVALENT, text)
        gained = () if narrower else self._witness(one, other, after, "not sent", "sent")
        lost = () if wider else self._witness(other, one, before, "sent", "not sent")
        return _judged(narrower, wider, gained, lost)

    def _witness(
        self, without: Condition, within: Condition, rule: Rule, before: str, after: str
    ) -> tuple[Witness, ...]:
        found = self._reason.example((without, Want.NOT_TRUE), (within, Want.TRUE))
        if not isinstance(found, Example):
            return ()
        facts = found.facts
        events = getattr(rule.trigger, "names", ())
        text = told(found).replace(_AFTER, "")
        return (Witness(before, after, tuple(events), facts.event, text, facts.now, "Etc/UTC"),)

    def _text(self, rule: Rule, rule_set: RuleSet) -> dict[str, Segment | None]:
        """The segments that a rule's condition names, and those that they name."""
        found: dict[str, Segment | None] = {}
        todo = set(reads(rule.where).segments)
        while todo:
            name = todo.pop()
            found[name] = segment = rule_set.segments.get(name)
            if segment is not None:
                todo |= reads(segment.where).segments - found.keys()
        return found


def _judged(narrower: bool, wider: bool, gained: tuple[Witness, ...], lost: tuple[Witness, ...]) -> Aspect:
    if narrower:
        return Aspect("condition", Effect.LESS, "the condition is true in fewer cases", lost)
    if wider:
        return Aspect("condition", Effect.MORE, "the condition is true in more cases", gained)
    if gained and lost:
        return Aspect("condition", Effect.INCOMPARABLE, "the condition is true in other cases", (*gained, *lost))
    if gained or lost:
        text = "the condition has changed; whether it also lets others through was not analysed"
        return Aspect("condition", Effect.UNDECIDED, text, (*gained, *lost))
    return Aspect("condition", Effect.UNDECIDED, "the condition has changed, not analysed")


def _later(segment: Segment) -> Segment:
    return replace(segment, where=renamed(segment.where))


def renamed(part: Any) -> Any:
    """The same, with the segments of the rule set after in place of those of the same names before."""
    if isinstance(part, InSegment):
        return replace(part, segment=f"{part.segment}{_AFTER}")
    if isinstance(part, tuple):
        return tuple(map(renamed, part))
    if not is_dataclass(part) or isinstance(part, type):
        return part
    inner = {each.name: getattr(part, each.name) for each in fields(part) if each.compare}
    changed = {name: new for name, old in inner.items() if (new := renamed(old)) is not old and new != old}
    return replace(part, **changed) if changed else part
