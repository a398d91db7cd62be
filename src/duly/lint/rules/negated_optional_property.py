"""Negations that pass over events without the property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from duly.diagnostics import Severity
from duly.lint.plan import (
    event_type,
    events_of,
    inner_parts,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.check import Checked


@lint(Severity.ADVICE, Group.NAMES, each=Checked)
def negated_optional_property(_checked: Checked, world: World, report: Report) -> None:
    """
    A rule that excludes a value of an optional property also excludes the events that lack it.

    A comparison with a missing property is unknown, and so is its negation: `kind != "flash"` is not true of an event
    without a kind. Say what shall happen to those.

    Avoid:
        use "tracking-plan.json"
        when Product Sale where user saved product and kind != "flash", max 1/day

    Prefer:
        use "tracking-plan.json"
        when Product Sale where user saved product and (kind != "flash" or kind is missing), max 1/day
    """
    if world.checked.tracking_plan is None:
        return
    for rule in world.rule_set.rules.values():
        if rule.where is not None and not isinstance(rule.where, model.Related | model.InSegment):
            _look(rule, world, report)


def _look(rule: model.Rule, world: World, report: Report) -> None:
    events = events_of(rule.trigger)
    nodes_inside = list(_everything(rule.where))
    guarded = {node.value.path for node in nodes_inside if isinstance(node, model.Missing)}
    for node in nodes_inside:
        excluded = _excluded(node)
        if excluded is None or excluded.scope == "user" or excluded.path in guarded:
            continue
        known = [event_type(world, event).properties.get(excluded.path) for event in events]
        if any(each is not None and not each.required for each in known):
            name = ".".join(excluded.path)
            message = f"`{name}` is optional, and this is not true of events without it"
            report(rule.source, node.span, message, f"add `or {name} is missing`, or `and {name} is not missing`")


def _everything(condition: model.Condition | None) -> Iterator[Any]:
    waiting: list[Any] = [condition]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += inner_parts(node)


def _excluded(node: Any) -> model.Property | None:
    """The property of which a value is excluded, by `!=` or by `not` before an equality."""
    if isinstance(node, model.Not):
        inner = node.term
        equal = isinstance(inner, model.OneOf) or (isinstance(inner, model.Comparison) and inner.operator == "=")
        value = inner.value if isinstance(inner, model.OneOf) else getattr(inner, "left", None)
        return value if equal and isinstance(value, model.Property) else None
    unequal = isinstance(node, model.Comparison) and node.operator == "!=" and isinstance(node.right, model.Constant)
    return node.left if unequal and isinstance(node.left, model.Property) else None
