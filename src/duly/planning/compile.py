"""From a checked rule set to a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from hashlib import sha256

from duly.conditions.compile import compile_condition
from duly.conditions.context import Facts
from duly.conditions.reads import Reads, reads
from duly.meaning import model
from duly.planning.experiment import experiment_of, goal_of, holdouts_of
from duly.planning.gates import best_of, caps_of, gaps_of, quiet_of, schedule_of, sends_kept
from duly.planning.index import EventIndex, demanded
from duly.planning.plan import HistoryRead, Plan, RelationUpdate, RulePlan, Test
from duly.planning.sequence import (
    cancelling_names,
    delay_of,
    heard_names,
    is_timeless,
    trigger_reads,
    unless_of,
)
from duly.planning.watch import watched_segments
from duly.syntax.collection import collection_paused

DEFAULT_CATEGORY = model.Category("default")


Watch = Callable[[str, model.Condition, Facts], None]
"""Is told of a rule's name, its condition and the facts whenever the condition is tested."""


def compile_plan(rule_set: model.RuleSet, version: str = "", watch: Watch | None = None) -> Plan:
    """
    The plan of a rule set without errors.

    `version` names it; without one it is a hash of the model. `watch` sees every test of a rule's condition.
    """
    kept = sends_kept(rule_set)
    with collection_paused():
        rules = {
            rule.name: _rule(number, rule, rule_set, kept, watch) for number, rule in enumerate(rule_set.rules.values())
        }
    return Plan(
        version=version or fingerprint(rule_set),
        rule_set=rule_set,
        rules=rules,
        by_event=_index(rules.values(), every_test=watch is not None),
        updates=_updates(rule_set.relations.values()),
        history=_history(rules.values()),
        relation_keys={relation.name: relation.key for relation in rule_set.relations.values()},
        segments={segment.name: _test(segment.where) for segment in rule_set.segments.values()},
        former_names={former: rule.name for rule in rule_set.rules.values() for former in rule.was},
        cancels=_cancels(rules.values()),
        firsts=_firsts(rules.values()),
        watched=watched_segments(rule_set),
        recurring=tuple(rule for rule in rules.values() if isinstance(rule.rule.trigger, model.CalendarTrigger)),
        goals=frozenset(name for rule in rules.values() if rule.goal is not None for name in rule.goal.names),
    )


def fingerprint(rule_set: model.RuleSet) -> str:
    """Twelve hexadecimal digits that change when the meaning does."""
    return sha256(repr(rule_set).encode()).hexdigest()[:12]


def _rule(number: int, rule: model.Rule, rule_set: model.RuleSet, kept: int, watch: Watch | None) -> RulePlan:
    category = rule_set.categories.get(rule.category, DEFAULT_CATEGORY)
    read = _reads_of(reads(rule.where) | trigger_reads(rule), rule_set)
    if rule.goal is not None and rule.goal.where is not None:
        read |= _reads_of(reads(rule.goal.where), rule_set)
    return RulePlan(
        name=rule.name,
        rule=rule,
        location=rule.location,
        number=number,
        test=_rule_test(rule, watch),
        schedule=schedule_of(rule.timing),
        quiet=quiet_of(rule, category, rule_set),
        gaps=gaps_of(rule, category, rule_set),
        caps=caps_of(rule, category, rule_set),
        wait=rule.wait,
        category=category,
        channel=rule.channel,
        priority=rule.priority,
        expiry=rule.expiry.after,
        expires_at=rule.expiry.at.path if rule.expiry.at is not None else None,
        object_key=rule.object_key,
        relations=tuple(sorted(read.relations)),
        audience=tuple(a.relation for a in rule.audience if isinstance(a, model.Related)),
        fans_out=rule.fans_out,
        segments=tuple(sorted(read.segments)),
        history=_history_reads(read),
        experiment=experiment_of(rule),
        holdouts=holdouts_of(rule, category, rule_set),
        goal=goal_of(rule),
        delay=delay_of(rule.trigger),
        unless=unless_of(rule),
        timeless=is_timeless(rule.where),
        everybody=any(isinstance(a, model.InSegment) for a in rule.audience),
        plain=isinstance(rule.trigger, model.EventTrigger) and not rule.unless,
        sends_kept=kept,
        best=best_of(rule.timing),
    )


def _rule_test(rule: model.Rule, watch: Watch | None) -> Test | None:
    condition = rule.where
    if condition is None:
        return None
    test = _test(condition)
    if watch is None:
        return test

    def watched(facts: Facts) -> bool | None:
        watch(rule.name, condition, facts)
        return test(facts)

    return watched


def _test(condition: model.Condition) -> Test:
    return compile_condition(condition).test


def _reads_of(read: Reads, rule_set: model.RuleSet) -> Reads:
    """What a rule reads, what its segments read included."""
    todo, seen = set(read.segments), set[str]()
    while todo:
        name = todo.pop()
        seen.add(name)
        segment = rule_set.segments.get(name)
        more = reads(segment.where) if segment is not None else Reads()
        read |= more
        todo |= more.segments - seen
    return read


def _history_reads(read: Reads) -> tuple[HistoryRead, ...]:
    return tuple(
        HistoryRead(name, past.window, past.properties) for names, past in read.histories.items() for name in names
    )


def _index(rules: Iterable[RulePlan], every_test: bool) -> dict[str, EventIndex[RulePlan]]:
    """Rules by what they hear; with `every_test` none is passed over because it cannot match."""
    indexes: dict[str, EventIndex[RulePlan]] = defaultdict(EventIndex)
    for rule in rules:
        for name in heard_names(rule.rule.trigger):
            indexes[name].add(rule, None if every_test else demanded(rule.rule.where))
    return dict(indexes)


def _cancels(rules: Iterable[RulePlan]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        for name in cancelling_names(rule.rule):
            names[name].add(rule.name)
    return {name: frozenset(cancelled) for name, cancelled in names.items()}


def _firsts(rules: Iterable[RulePlan]) -> dict[str, tuple[RulePlan, ...]]:
    firsts: dict[str, list[RulePlan]] = defaultdict(list)
    for rule in rules:
        trigger = rule.rule.trigger
        if isinstance(trigger, model.SequenceTrigger) and not trigger.absent:
            for name in trigger.first:
                firsts[name].append(rule)
    return {name: tuple(found) for name, found in firsts.items()}


def _updates(relations: Iterable[model.Relation]) -> dict[str, list[RelationUpdate]]:
    updates: dict[str, list[RelationUpdate]] = defaultdict(list)
    for relation in relations:
        listed = (f"{relation.object}s", *relation.key)
        for name in relation.added_by:
            updates[name].append(RelationUpdate(relation.name, relation.key, listed, adds=True))
        for name in relation.removed_by:
            updates[name].append(RelationUpdate(relation.name, relation.key, listed, adds=False))
    return dict(updates)


def _history(rules: Iterable[RulePlan]) -> dict[str, HistoryRead]:
    merged: dict[str, HistoryRead] = {}
    for read in (read for rule in rules for read in rule.history):
        merged[read.name] = _merge(merged[read.name], read) if read.name in merged else read
    return merged


def _merge(one: HistoryRead, other: HistoryRead) -> HistoryRead:
    windows = (one.window, other.window)
    longest = None if None in windows else max(window for window in windows if window is not None)
    return HistoryRead(one.name, longest, one.properties | other.properties)
