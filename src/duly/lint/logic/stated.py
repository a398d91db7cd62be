"""The conditions of a rule set, each with its place, and what has been found out about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from duly.lint.logic.reason import Reason
from duly.lint.logic.topics import HISTORY, NOTHING, Topics
from duly.lint.logic.wants import Want
from duly.lint.rule import World, written_parts
from duly.meaning import model
from duly.source import Source
from duly.syntax import nodes

Connective = model.And | model.Or


@dataclass(frozen=True, slots=True)
class Stated:
    """
    The condition of a rule or of a segment.

    `never` says that it is proven never to be true. `repeats` says that it speaks twice of one of its `topics`: of a
    condition that does not, each clause can be what it wants whatever the others are.
    """

    source: Source
    condition: model.Condition
    name: str
    rule: model.Rule | None
    never: bool
    repeats: bool
    topics: frozenset[str]


def reasoning(world: World) -> Reason:
    """What decides about conditions of this rule set. To be asked for once."""
    return Reason(world.rule_set.segments)


def stated(world: World) -> list[Stated]:
    """All conditions. To be asked for once."""
    reason, topics = world.once(reasoning), Topics(world.rule_set.segments)
    found = [
        _stated(reason, topics, rule.source, rule.where, rule.name, rule)
        for rule in world.rule_set.rules.values()
        if rule.where is not None
    ]
    for part in world.once(written_parts).get(nodes.Segment, ()):
        segment = world.rule_set.segments.get(part.node.name.value)
        if segment is not None:
            found.append(_stated(reason, topics, part.source, segment.where, segment.name, None))
    return found


def _stated(
    reason: Reason, topics: Topics, source: Source, condition: model.Condition, name: str, rule: model.Rule | None
) -> Stated:
    spoken = topics.of(condition)
    repeats = len(spoken) > len(set(spoken))
    never = (repeats or HISTORY in spoken or NOTHING in spoken) and reason.never(condition)
    return Stated(source, condition, name, rule, never, repeats, frozenset(spoken))


def connectives(condition: model.Condition) -> Iterator[Connective]:
    """Every `and` and `or` that is under no `not`: there, a term that adds nothing can go without changing a truth."""
    if isinstance(condition, Connective):
        yield condition
        for term in condition.terms:
            yield from connectives(term)


def conflict(reason: Reason, condition: model.Condition) -> list[model.Condition]:
    """As few clauses as possible that are never true together, of a condition that is never true."""
    kept = list(_clauses(condition))
    for clause in list(kept):
        rest = [other for other in kept if other is not clause]
        if rest and reason.impossible(*((other, Want.TRUE) for other in rest)):
            kept = rest
    return kept


def _clauses(condition: model.Condition) -> Iterator[model.Condition]:
    if isinstance(condition, model.And):
        for term in condition.terms:
            yield from _clauses(term)
    else:
        yield condition


def others(terms: Sequence[model.Condition], index: int) -> list[model.Condition]:
    """All terms but one."""
    return [term for number, term in enumerate(terms) if number != index]
