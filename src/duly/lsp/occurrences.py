"""The names in a statement: what each is a name of, where it stands, and whether it is declared there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from duly.source import Span
from duly.syntax import nodes


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One name at one place. `kind` is rule, segment, category, relation, object, event, property, user and so on."""

    kind: str
    name: str
    span: Span
    declares: bool = False


_DECLARING = {
    (nodes.Rule, "name"): "rule",
    (nodes.Segment, "name"): "segment",
    (nodes.Category, "name"): "category",
    (nodes.Relation, "name"): "relation",
    (nodes.Event, "name"): "event",
    (nodes.Limit, "name"): "limit",
    (nodes.Variant, "name"): "variant",
    (nodes.TestUser, "name"): "user",
}
_USING = {
    (nodes.Relation, "object"): "object",
    (nodes.Event, "about"): "object",
    (nodes.Related, "relation"): "relation",
    (nodes.Related, "object"): "object",
    (nodes.Max, "per"): "object",
    (nodes.Mute, "object"): "object",
    (nodes.InSegment, "segment"): "segment",
    (nodes.WhenEnters, "segment"): "segment",
    (nodes.WhenLeaves, "segment"): "segment",
    (nodes.OptedIn, "category"): "category",
    (nodes.InCategory, "category"): "category",
    (nodes.Subscribed, "category"): "category",
    (nodes.Unsubscribed, "category"): "category",
    (nodes.Snooze, "category"): "category",
    (nodes.ByChannel, "channel"): "channel",
    (nodes.HeldOut, "rule"): "rule",
    (nodes.InVariant, "rule"): "rule",
    (nodes.InVariant, "variant"): "variant",
    (nodes.Outcome, "rule"): "rule",
    (nodes.Becomes, "user"): "user",
    (nodes.Step, "user"): "user",
    (nodes.ExpectNotify, "user"): "user",
    (nodes.ExpectNotify, "rule"): "rule",
    (nodes.ExpectNotify, "variant"): "variant",
    (nodes.ExpectDefer, "user"): "user",
    (nodes.ExpectDefer, "rule"): "rule",
    (nodes.ExpectSuppress, "user"): "user",
    (nodes.ExpectSuppress, "rule"): "rule",
    (nodes.ExpectSuppress, "reason"): "reason",
    (nodes.ExpectNothing, "user"): "user",
    (nodes.Was, "name"): "former name",
}


def occurrences(statement: nodes.Statement) -> Iterator[Occurrence]:
    """Every name in a statement, in no particular order."""
    waiting: list[tuple[type, str, Any]] = [(type(None), "", statement)]
    while waiting:
        owner, role, node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend((owner, role, each) for each in node)
        elif isinstance(node, nodes.Name | nodes.EventName):
            declared = _DECLARING.get((owner, role))
            what = declared or _USING.get((owner, role), "event")
            yield Occurrence(what, node.value, node.span, declared is not None)
        elif isinstance(node, nodes.Path):
            yield Occurrence("property", ".".join(node.parts), node.span)
        elif is_dataclass(node):
            kind: type = type(node)
            waiting.extend((kind, part, getattr(node, part)) for part in _parts(kind))


@cache
def _parts(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name != "span")


def way(statement: nodes.Statement, offset: int) -> list[Any]:
    """The nodes around an offset, each inside the one before it; none if the statement does not hold it."""
    found: list[Any] = []
    waiting: list[Any] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif is_dataclass(node) and _holds(node, offset):
            found.append(node)
            kind: type = type(node)
            waiting = [getattr(node, part) for part in _parts(kind)]
    return found


def _holds(node: Any, offset: int) -> bool:
    span = getattr(node, "span", None)
    return isinstance(span, Span) and span.start <= offset <= span.end and span.end > span.start
