"""What one rule set means that another did not, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import IntEnum

from duly.meaning.model import Rule, RuleSet


class Change(IntEnum):
    """What happened to a rule."""

    ADDED = 1
    REMOVED = 2
    CHANGED = 3
    RENAMED = 4


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that means something else; `previous` is the name it had, `state_lost` whether what it kept is lost."""

    rule: str
    change: Change
    description: str
    previous: str = ""
    state_lost: bool = False


def rule_changes(before: RuleSet, after: RuleSet) -> Iterator[RuleChange]:
    """The differences, by the names of the rules after, then of those that are gone."""
    kept = set()
    for name in sorted(after.rules):
        rule = after.rules[name]
        previous = name if name in before.rules else next((was for was in rule.was if was in before.rules), "")
        kept.add(previous)
        if not previous:
            yield RuleChange(name, Change.ADDED, "it is new")
        elif previous != name:
            yield RuleChange(name, Change.RENAMED, f"it was called `{previous}` and keeps its state", previous)
        elif differences := _differences(before.rules[name], rule):
            yield RuleChange(name, Change.CHANGED, f"changed: {', '.join(differences)}")
    for name in sorted(set(before.rules) - kept):
        yield RuleChange(name, Change.REMOVED, "it is gone, and what waits for it is cancelled", state_lost=True)


def _differences(before: Rule, after: Rule) -> list[str]:
    return [
        field.name.replace("_", " ")
        for field in fields(Rule)
        if field.compare and getattr(before, field.name) != getattr(after, field.name)
    ]
