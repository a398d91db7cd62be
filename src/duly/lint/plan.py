"""Where a rule set speaks of properties and traits, and what the tracking plan says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from duly.lint.parts import Part
from duly.lint.rule import World, written_parts
from duly.meaning import model
from duly.source import Source
from duly.syntax import nodes
from duly.vocabulary.tracking_plan import EventType, PropertyType

UNDESCRIBED = EventType()
UNKNOWN = PropertyType()


class Mention(NamedTuple):
    """
    A property or trait that a rule or segment reads, and the events whose property it is.

    `shown` is set for one that a text shows, with what it shows instead when there is none.
    """

    source: Source
    value: model.Property
    events: tuple[str, ...]
    shown: model.Slot | None = None
    rule: model.Rule | None = None

    @property
    def written(self) -> str:
        """The property as the rule has it."""
        return " ".join(self.source.text[self.value.span.start : self.value.span.end].split())

    @property
    def name(self) -> str:
        """The property without its scope."""
        return ".".join(self.value.path)


def events_of(trigger: model.Trigger) -> tuple[str, ...]:
    """The events whose properties a rule reads by their bare names."""
    if isinstance(trigger, model.EventTrigger):
        return trigger.names
    if isinstance(trigger, model.SequenceTrigger):
        return trigger.first if trigger.absent else trigger.second
    return ()


def event_type(world: World, name: str) -> EventType:
    """What the tracking plan says of an event."""
    plan = world.checked.tracking_plan
    return plan.events.get(name, UNDESCRIBED) if plan else UNDESCRIBED


def mentions(world: World) -> list[Mention]:
    """Every mention of a property or trait in a condition, a text or an expiry."""
    return world.once(_mentions)


def _mentions(world: World) -> list[Mention]:
    found: list[Mention] = []
    for rule in world.rule_set.rules.values():
        events = events_of(rule.trigger)
        if rule.where is not None:
            found += in_condition(rule.source, rule.where, events)
        if rule.expiry.at is not None:
            found.append(Mention(rule.source, rule.expiry.at, events))
        for message in messages_of(rule):
            found += (
                Mention(rule.source, slot.value, events, slot, rule)
                for template in (message.title, message.body, message.link)
                for slot in template
                if type(slot) is model.Slot
            )
    part: Part[nodes.Segment]
    for part in world.once(written_parts).get(nodes.Segment, ()):
        segment = world.rule_set.segments.get(part.node.name.value)
        if segment is not None:
            found += in_condition(part.source, segment.where, ())
    return found


def messages_of(rule: model.Rule) -> list[model.Message]:
    """All texts a rule may send."""
    variants = rule.experiment.variants if rule.experiment else ()
    return [variant.message for variant in variants] if variants else [rule.message] if rule.message else []


def in_condition(source: Source, condition: model.Condition, events: tuple[str, ...]) -> Iterator[Mention]:
    """The mentions in a condition; inside a count those of the counted events."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(condition, events)]
    while waiting:
        node, of = waiting.pop()
        kind = type(node)
        if kind is model.Property:
            yield Mention(source, node, of)
        elif kind in _COUNTING:
            counted = node.events.names
            if node.events.where is not None:
                waiting.append((node.events.where, counted))
            if kind is model.Aggregate and node.path:
                yield Mention(source, model.Property("event", node.path, node.type, node.span), counted)
        else:
            waiting += ((inner, of) for inner in inner_parts(node))


def present(condition: model.Condition | None) -> set[model.Property]:
    """The properties that are there whenever a condition is true, as far as its `and` says so."""
    terms = condition.terms if isinstance(condition, model.And) else (condition,)
    found = set()
    for term in terms:
        if isinstance(term, model.Not) and isinstance(term.term, model.Missing):
            found.add(term.term.value)
        elif isinstance(term, model.Comparison | model.OneOf | model.Within | model.TextTest | model.Matches):
            found |= {value for value in inner_parts(term) if isinstance(value, model.Property)}
    return found


_COUNTING = frozenset({model.Aggregate, model.TimeSince, model.Did, model.DidNot})


def inner_parts(node: Any) -> tuple[Any, ...]:
    """The conditions and values that one is made of."""
    match node:
        case model.And() | model.Or():
            return node.terms
        case model.Not():
            return (node.term,)
        case model.Comparison() | model.Arithmetic():
            return (node.left, node.right)
        case model.OneOf() | model.Matches() | model.Missing():
            return (node.value,)
        case model.Within():
            return (node.value, node.low, node.high)
        case model.TextTest():
            return (node.value, node.part)
        case _:
            return ()


def listed(described: EventType, path: tuple[str, ...]) -> bool:
    """Whether a path is listed, or lies inside something of which no parts are."""
    known = described.properties
    if path in known:
        return True
    inside = next((path[:end] for end in range(len(path) - 1, 0, -1) if path[:end] in known), None)
    return inside is not None and not any(len(each) > len(inside) and each[: len(inside)] == inside for each in known)


def unlisted(world: World) -> list[Mention]:
    """Properties of events that the tracking plan describes without them."""
    return world.once(_unlisted) if world.checked.tracking_plan else []


def _unlisted(world: World) -> list[Mention]:
    seen: dict[tuple[str, tuple[str, ...]], bool] = {}
    found = []
    for mention in mentions(world):
        path = mention.value.path
        for event in () if mention.value.scope == "user" else mention.events:
            if (event, path) not in seen:
                described = event_type(world, event)
                seen[event, path] = described.listed and not listed(described, path)
        if mention.events and mention.value.scope != "user" and all(seen[event, path] for event in mention.events):
            found.append(mention)
    return found


def elsewhere(world: World, mention: Mention) -> list[str]:
    """What else has a property of this name: other events, or "" for users."""
    plan = world.checked.tracking_plan
    if plan is None:
        return []
    path = mention.value.path
    return [
        *([""] if path in plan.traits.properties else []),
        *(name for name, event in plan.events.items() if path in event.properties),
    ]


def events(mention: Mention) -> str:
    """The events of a mention in words."""
    return " or ".join(f"`{event}`" for event in mention.events)


def folded(name: str) -> str:
    """A name without what spelling differs in: capitals, spaces and signs."""
    return "".join(character for character in name.casefold() if character.isalnum())
