"""Finds whom a rule on an event about a thing concerns, and by which key it knows the thing."""

from __future__ import annotations

from duly.meaning import errors, model
from duly.meaning.names import Scope
from duly.source import Span
from duly.vocabulary.tracking_plan import Path

Audience = tuple[model.Related | model.InSegment, ...]


def audience(condition: model.Condition | None) -> Audience:
    """
    Relations and segments of which at least one holds whenever the condition does; empty when there are none.

    Of the terms of an `and` one is enough: the one with relations only, which are indexed by object, and of those the
    shortest. An `or` needs all its terms. What stands under `not` binds nobody.
    """
    if isinstance(condition, model.Related | model.InSegment):
        return (condition,)
    if isinstance(condition, model.And):
        return min(filter(None, map(audience, condition.terms)), key=_cost, default=())
    if isinstance(condition, model.Or):
        sides = [audience(term) for term in condition.terms]
        return tuple(dict.fromkeys(member for side in sides for member in side)) if all(sides) else ()
    return ()


def _cost(members: Audience) -> tuple[int, int]:
    return sum(isinstance(member, model.InSegment) for member in members), len(members)


def check_audience(scope: Scope, fans_out: frozenset[str], condition: model.Condition | None, span: Span) -> Audience:
    """The audience of a rule; () when its events concern their own user, or, with a report, when it needs one."""
    if not fans_out or scope.about is None:
        return ()
    found = audience(condition)
    if not found:
        relations = [relation.name for relation in scope.names.relations.values() if relation.object == scope.about]
        scope.report(errors.no_audience(scope.source, span, min(fans_out), scope.about, relations))
    return found


def check_object_key(scope: Scope, per: tuple[tuple[str, Span], ...]) -> Path | None:
    """
    The property that identifies the object of a rule.

    It is the key of the relations in the condition, which must agree. A cap `per product` without one, given as `per`,
    takes the key on which all relations to products agree; elsewhere such a key is only nice to have.
    """
    if scope.bound:
        return _bound_key(scope, per)
    object = per[0][0] if per else scope.about
    if object is None:
        return None
    keys = scope.names.keys_of(object)
    if len(keys) == 1:
        return next(iter(keys))
    if per:
        scope.report(errors.no_key(scope.source, per[0][1], object, [".".join(key) for key in keys]))
    return None


def _bound_key(scope: Scope, per: tuple[tuple[str, Span], ...]) -> Path:
    first = scope.bound[0][1]
    for node, relation in scope.bound[1:]:
        if relation.object != first.object:
            scope.report(errors.two_objects(scope.source, node.span, first.object, relation.object))
        elif relation.key != first.key:
            keys = (first.name, ".".join(first.key), relation.name, ".".join(relation.key))
            scope.report(errors.mixed_keys(scope.source, node.span, first.object, *keys))
    for object, span in per:
        if object != first.object:
            scope.report(errors.two_objects(scope.source, span, first.object, object))
    return first.key
