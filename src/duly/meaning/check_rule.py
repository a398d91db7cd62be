"""Checks one rule."""

from __future__ import annotations

from typing import cast

from duly.diagnostics import Diagnostic
from duly.meaning import errors, model
from duly.meaning.check_audience import Audience, check_audience, check_object_key
from duly.meaning.check_condition import check_condition
from duly.meaning.check_frequency import check_caps, check_wait, check_whole, objects_of_caps
from duly.meaning.check_message import (
    check_experiment,
    check_expiry,
    check_goal,
    check_holdout,
    check_message,
    check_unless,
)
from duly.meaning.check_timing import check_timing
from duly.meaning.check_trigger import check_trigger, fans_out
from duly.meaning.clauses import Clauses
from duly.meaning.names import Names, Report, Scope
from duly.source import Source
from duly.syntax import nodes
from duly.vocabulary.words import nearest

_MOST_PRIORITY = 1_000_000
TRIGGERS = (
    nodes.WhenEvent,
    nodes.WhenSequence,
    nodes.WhenAbsent,
    nodes.WhenEnters,
    nodes.WhenLeaves,
    nodes.EveryDay,
    nodes.EveryMonth,
)
CHANNELS = ("push", "email", "sms", "whatsapp", "in_app", "web", "webhook")
NEVER = model.EventTrigger(())
"""Stands for a trigger that could not be read, in a rule that will not be kept."""


def check_rule(source: Source, names: Names, node: nodes.Rule, name: str, report: Report) -> model.Rule | None:
    """What a rule means; None when anything in it is wrong, all of which has then been reported."""
    found: list[Diagnostic] = []
    scope = Scope(source, names, found.append)
    rule = _read(Clauses(scope, node.clauses), node, name)
    for diagnostic in found:
        report(diagnostic)
    return None if found or scope.doubtful else rule


def _read(clauses: Clauses, node: nodes.Rule, name: str) -> model.Rule:
    """Every clause is read, whatever the others are like; the result counts only if nothing was reported."""
    scope = clauses.scope
    was = tuple(dict.fromkeys(_former_name(scope, clause) for clause in clauses.all(nodes.Was)))
    seed = was[0] if was else name
    trigger = _trigger(clauses, node)
    condition = _condition(clauses)
    audience, key = _concerned(clauses, trigger, condition)
    return model.Rule(
        name=name,
        title=node.title.value if node.title else "",
        trigger=trigger,
        where=condition,
        category=_category(clauses),
        channel=_channel(clauses),
        timing=check_timing(clauses),
        caps=check_caps(clauses),
        wait=check_wait(clauses),
        priority=_priority(clauses),
        expiry=check_expiry(clauses),
        unless=check_unless(clauses),
        message=check_message(clauses),
        experiment=check_experiment(clauses, seed),
        holdout=check_holdout(scope, clauses.one(nodes.Holdout, "holdout"), f"{seed} holdout"),
        goal=check_goal(clauses),
        was=was,
        object_key=key,
        fans_out=fans_out(scope),
        audience=audience,
        source=scope.source,
        span=node.span,
    )


def _former_name(scope: Scope, node: nodes.Was) -> str:
    """A former name is taken over by one rule only, and by none while a rule still has it."""
    name = node.name.value
    holder = scope.names.declared.get("rule", {}).get(name)
    if holder is not None:
        scope.report(errors.still_in_use(scope.source, node.span, name, holder[0].location(holder[1])))
    taker = scope.names.former.setdefault(name, (scope.source, node.span))
    if taker[0] is not scope.source or taker[1] != node.span:
        scope.report(errors.claimed_twice(scope.source, node.span, name, taker[0].location(taker[1])))
    return name


def _trigger(clauses: Clauses, node: nodes.Rule) -> model.Trigger:
    scope = clauses.scope
    written = cast("nodes.Trigger | None", clauses.one_of(TRIGGERS, "when"))
    if written is None:
        scope.report(errors.no_trigger(scope.source, node.name.span if node.name else node.span))
        return NEVER
    trigger = check_trigger(scope, written)
    scope.doubtful |= trigger is None
    return trigger or NEVER


def _condition(clauses: Clauses) -> model.Condition | None:
    node = clauses.one(nodes.Where, "where")
    if node is None:
        return None
    condition = check_condition(clauses.scope, node.condition)
    clauses.scope.doubtful |= condition is None
    return condition


def _concerned(
    clauses: Clauses, trigger: model.Trigger, condition: model.Condition | None
) -> tuple[Audience, tuple[str, ...] | None]:
    """Whom a rule concerns and the key of the object; not asked when trigger or condition make no sense as it is."""
    scope = clauses.scope
    per = objects_of_caps(clauses)
    if scope.doubtful or trigger is NEVER:
        return (), None
    audience = check_audience(scope, fans_out(scope), condition, trigger.span)
    return audience, check_object_key(scope, per)


def _category(clauses: Clauses) -> str:
    node = clauses.one(nodes.InCategory, "in category")
    category = clauses.scope.category(node.category) if node else None
    return category.name if category else "default"


def _channel(clauses: Clauses) -> str:
    node = clauses.one(nodes.ByChannel, "by")
    return check_channel(clauses.scope, node) if node else CHANNELS[0]


def _priority(clauses: Clauses) -> int:
    node = clauses.one(nodes.Priority, "priority")
    if node is None:
        return 0
    return check_whole(clauses.scope, node.value, "a priority", -_MOST_PRIORITY, _MOST_PRIORITY)


def check_channel(scope: Scope, node: nodes.ByChannel) -> str:
    """Any word can be a channel, but one that is nearly a usual one is taken for a slip."""
    name = node.channel.value
    if name not in CHANNELS and nearest(name, CHANNELS):
        scope.report(errors.unknown_name(scope.source, node.channel.span, "channel", name, CHANNELS))
    return name
