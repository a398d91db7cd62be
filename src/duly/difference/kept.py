"""What a change loses of what was kept for a rule: counters, pending notifications, assignments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from duly.meaning.model import Cap, Rolling, Rule, RuleSet
from duly.planning.gates import cap_text, duration_text, sends_kept

_IDENTITY = ("trigger", "where", "timing", "caps", "message", "experiment", "unless", "goal", "expiry", "category")
_ALIKE, _TELLING = len(_IDENTITY) - 1, 2
"""
A rule is taken for one that is gone, under another name, when it is the same in at least so many of these respects, and
in so many that either says something about beside its trigger.
"""


def lost(before: Rule, after: Rule, reach: int) -> Iterator[str]:
    """What the rule after cannot take over; `reach` is `sends_kept` of the rule set before, in microseconds."""
    key, new = before.object_key, after.object_key
    if key != new and None not in (key, new) and any(cap.per_product for cap in (*before.caps, *after.caps)):
        yield f"the counts for each object start again: objects are told apart by `{'.'.join(new or ())}`"
    for cap in after.caps:
        if cap not in before.caps and _reaches_beyond(cap, reach):
            yield f"`{cap_text(cap)}` starts with an incomplete count: sends are known for {duration_text(reach)}"
    if before.experiment is not None and after.experiment is not None and before.experiment.key != after.experiment.key:
        yield f"variants are assigned anew: the key is `{after.experiment.key}`, before `{before.experiment.key}`"
    if before.holdout is not None and after.holdout is not None and before.holdout.seed != after.holdout.seed:
        yield "the control group is chosen anew: its seed is another"


def _reaches_beyond(cap: Cap, reach: int) -> bool:
    return isinstance(cap.window, Rolling) and cap.window.duration > reach


def reach_of(rule_set: RuleSet) -> int:
    """For how long, in microseconds, the sends of users are remembered."""
    return sends_kept(rule_set)


def renamed_without_was(added: Mapping[str, Rule], removed: Mapping[str, Rule]) -> dict[str, str]:
    """
    For new rules that are old ones under another name, that name.

    A rule is taken for another when it is the same in all respects that matter, or in all but one; each old one once.
    """
    found: dict[str, str] = {}
    left = dict(removed)
    exact: dict[str, list[str]] = {}
    for name, rule in removed.items():
        exact.setdefault(_body(rule), []).append(name)
    for name, rule in added.items():
        same = [other for other in exact.get(_body(rule), ()) if other in left]
        if same:
            found[name] = same[0]
            del left[same[0]]
    if len(added) * len(left) <= _MOST_PAIRS:
        _take_alike(found, added, left)
    return found


_MOST_PAIRS = 10_000


def _take_alike(found: dict[str, str], added: Mapping[str, Rule], left: dict[str, Rule]) -> None:
    for name, rule in added.items():
        if name not in found:
            score, other = max(((_likeness(rule, old), old.name) for old in left.values()), default=(0, ""))
            if score >= _ALIKE:
                found[name] = other
                del left[other]


def _body(rule: Rule) -> str:
    return repr([_part(rule, name) for name in _IDENTITY])


def _likeness(one: Rule, other: Rule) -> int:
    """In how many respects they are the same, 0 when that tells nothing."""
    same = [name for name in _IDENTITY if _part(one, name) == _part(other, name)]
    plain = Rule("", "", one.trigger)
    telling = [name for name in same if _part(one, name) != _part(plain, name)]
    return len(same) if "trigger" in same and len(telling) >= _TELLING else 0


def _part(rule: Rule, name: str) -> object:
    if name == "experiment":
        return rule.experiment and (rule.experiment.variants, rule.experiment.coverage)
    return getattr(rule, name)


assert set(_IDENTITY) <= {each.name for each in fields(Rule)}
