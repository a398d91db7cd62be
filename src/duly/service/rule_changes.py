"""What one rule set means that another did not, rule by rule, as publishing tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from duly.difference.compare import Change, Difference, differences
from duly.difference.words import sentence
from duly.meaning.model import RuleSet

__all__ = ["Change", "RuleChange", "rule_changes"]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that means something else; `previous` is the name it had, `state_lost` whether what it kept is lost."""

    rule: str
    change: Change
    description: str
    previous: str = ""
    state_lost: bool = False


def rule_changes(before: RuleSet, after: RuleSet, now: int) -> Iterator[RuleChange]:
    """The differences that `duly diff` tells, but for rules that only read differently. `now` is an instant."""
    for found in differences(before, after, now):
        if not found.means_the_same:
            yield _told(found)


def _told(found: Difference) -> RuleChange:
    return RuleChange(found.rule, found.change, sentence(found), found.previous, bool(found.lost))
