"""Segment Protocols tracking plans: the events there are, their properties and the traits of users, with types."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from duly.vocabulary.types import Type

Path = tuple[str, ...]

_DEEPEST = 16
_LARGEST = 20_000_000
_TYPES = {
    "string": Type.TEXT,
    "number": Type.NUMBER,
    "integer": Type.NUMBER,
    "boolean": Type.BOOLEAN,
    "array": Type.LIST,
    "object": Type.OBJECT,
}
_INSTANT_FORMATS = {"date-time": Type.INSTANT, "date": Type.DATE, "time": Type.TIME}


class UnreadablePlan(ValueError):
    """The text is not a tracking plan; the message says why, in lower case and without a full stop."""


@dataclass(frozen=True, slots=True)
class PropertyType:
    """What a plan says of one property: ANY for a union of types, `enum` when only some values are allowed."""

    type: Type = Type.ANY
    required: bool = False
    enum: tuple[str | int | float | bool, ...] = ()
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class EventType:
    """The properties of one event (or the traits of users), by path; `listed` when the plan names any at all."""

    properties: Mapping[Path, PropertyType] = field(default_factory=dict)
    deprecated: bool = False

    @property
    def listed(self) -> bool:
        """Whether the plan says anything about properties: an empty list is no statement that there are none."""
        return bool(self.properties)

    def type_of(self, path: Path) -> Type:
        """The declared type of a property, ANY when the plan is silent."""
        known = self.properties.get(path)
        return known.type if known else Type.ANY


@dataclass(frozen=True, slots=True)
class TrackingPlan:
    """Events by name, each with its properties, and the traits of users."""

    events: Mapping[str, EventType] = field(default_factory=dict)
    traits: EventType = EventType()

    def joined(self, other: TrackingPlan) -> TrackingPlan:
        """Both plans as one; where both describe an event, what they disagree about is of any type."""
        events = dict(self.events)
        for name, event in other.events.items():
            events[name] = _united(events[name], event) if name in events else event
        return TrackingPlan(events, _united(self.traits, other.traits))


PlanLoader = Callable[[str, str], TrackingPlan]
"""From a rule file's name and the path written in it to the plan. Raises `UnreadablePlan` or `OSError`."""


def read_tracking_plan(text: str) -> TrackingPlan:
    """
    The plan in a JSON text, as the Public API returns it, as Typewriter saves it, or in the older `rules.events` shape.

    Several versions of one event are united. Raises `UnreadablePlan`.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadablePlan("it is not valid JSON") from error
    events: dict[str, EventType] = {}
    traits = EventType()
    for kind, name, schema in _rules(document):
        if kind == "TRACK":
            read = EventType(dict(_properties(_event_schema(schema))), _is_deprecated(schema))
            events[name] = _united(events[name], read) if name in events else read
        elif kind == "IDENTIFY":
            traits = _united(traits, EventType(dict(_properties(_part(schema, "traits")))))
    return TrackingPlan(events, traits)


def _rules(document: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each rule of a plan as (kind, event name, JSON schema), whatever the shape of the document."""
    inner = document
    for wrapper in ("data", "trackingPlan", "tracking_plan"):
        if isinstance(inner, dict) and isinstance(inner.get(wrapper), dict):
            inner = inner[wrapper]
    rules = inner.get("rules") if isinstance(inner, dict) else inner
    if isinstance(rules, list):
        return _listed_rules(rules)
    if isinstance(rules, dict):
        return _older_rules(rules)
    raise UnreadablePlan("it has no `rules`")


def _listed_rules(rules: list[Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for rule in rules:
        if not isinstance(rule, dict):
            raise UnreadablePlan("a rule in it is not an object")
        name = rule.get("key", rule.get("name"))
        schema = rule.get("jsonSchema", rule.get("rules", {}))
        kind = str(rule.get("type", "TRACK")).upper()
        if kind == "TRACK" and not (isinstance(name, str) and name):
            raise UnreadablePlan("an event in it has no name")
        schema = schema if isinstance(schema, dict) else {}
        yield kind, str(name or ""), {**schema, "deprecated": True} if rule.get("deprecatedAt") else schema


def _older_rules(rules: dict[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    events = rules.get("events", [])
    if not isinstance(events, list):
        raise UnreadablePlan("its `rules.events` is not a list")
    yield from _listed_rules(events)
    for part in ("identify", "identify_traits"):
        schema = rules.get(part)
        if isinstance(schema, dict):
            yield "IDENTIFY", "", schema
        elif isinstance(schema, list):
            yield "IDENTIFY", "", {"properties": {"traits": _traits_by_name(schema)}}


def _traits_by_name(traits: list[Any]) -> Mapping[str, Any]:
    named = (trait for trait in traits if isinstance(trait, dict) and isinstance(trait.get("name"), str))
    return {"type": "object", "properties": {trait["name"]: trait for trait in named}}


def _event_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of an event's properties: under `properties.properties`, or, as Typewriter has it, the whole."""
    parts = _mapping(schema.get("properties"))
    inner = _mapping(parts.get("properties"))
    wrapped = "properties" in parts and set(parts) <= {"properties", "context", "traits", "type", "event"}
    return inner if wrapped and (not inner or "properties" in inner or len(parts) > 1) else schema


def _part(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    parts = _mapping(schema.get("properties"))
    return _mapping(parts[name]) if name in parts else schema


def _properties(
    schema: Mapping[str, Any], prefix: Path = (), required: bool = True
) -> Iterator[tuple[Path, PropertyType]]:
    needed = schema.get("required")
    needed = needed if isinstance(needed, list) else []
    for name, inner in _mapping(schema.get("properties")).items():
        path = (*prefix, name)
        always = required and name in needed
        yield path, PropertyType(_type(inner), always, _enum(inner), _is_deprecated(inner))
        if isinstance(inner, dict) and len(path) < _DEEPEST:
            yield from _properties(inner, path, always)


def _is_deprecated(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("deprecated") is True


def _type(schema: Any) -> Type:
    """The one type a schema allows; a union (other than with null) or an unknown word is ANY."""
    if not isinstance(schema, dict):
        return Type.ANY
    declared = schema.get("type")
    if declared is None:
        return _type_of_values(_enum(schema))
    names = declared if isinstance(declared, list) else [declared]
    found = {_TYPES.get(name, Type.ANY) if isinstance(name, str) else Type.ANY for name in names if name != "null"}
    if len(found) != 1:
        return Type.ANY
    type = found.pop()
    return _INSTANT_FORMATS.get(str(schema.get("format")), type) if type is Type.TEXT else type


def _type_of_values(values: tuple[str | int | float | bool, ...]) -> Type:
    found = {
        Type.BOOLEAN if isinstance(value, bool) else Type.TEXT if isinstance(value, str) else Type.NUMBER
        for value in values
    }
    return found.pop() if len(found) == 1 else Type.ANY


def _enum(schema: Any) -> tuple[str | int | float | bool, ...]:
    if not isinstance(schema, dict):
        return ()
    values = schema["enum"] if isinstance(schema.get("enum"), list) else [schema.get("const")]
    return tuple(value for value in values if isinstance(value, str | int | float | bool))


def _united(one: EventType, other: EventType) -> EventType:
    """
    Two versions of one event.

    A property is required only if both require it, and typed only if both agree. Deprecated is what no version keeps.
    """
    paths = {**one.properties, **other.properties}
    properties = {path: _united_property(one.properties.get(path), other.properties.get(path)) for path in paths}
    return EventType(properties, one.deprecated and other.deprecated)


def _united_property(one: PropertyType | None, other: PropertyType | None) -> PropertyType:
    if one is None or other is None:
        only = one or other or PropertyType()
        return PropertyType(only.type, False, only.enum, only.deprecated)
    same = one.type if one.type is other.type else Type.ANY
    enum = tuple(dict.fromkeys(one.enum + other.enum)) if one.enum and other.enum else ()
    return PropertyType(same, one.required and other.required, enum, one.deprecated and other.deprecated)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def plan_beside(rule_file: str, written: str) -> TrackingPlan:
    """The plan in a file of this machine, relative to the rule file. Raises `UnreadablePlan` and `OSError`."""
    try:
        with (FilePath(rule_file).parent / written).open(encoding="utf-8") as file:
            text = file.read(_LARGEST + 1)
    except UnicodeDecodeError as error:
        raise UnreadablePlan("it is not UTF-8") from error
    except ValueError as error:  # such as a NUL in the path
        raise UnreadablePlan("it is not the path of a file") from error
    if len(text) > _LARGEST:
        raise UnreadablePlan(f"it is longer than {_LARGEST:,} characters")
    return read_tracking_plan(text)


def no_plans(_rule_file: str, _written: str) -> TrackingPlan:
    """Refuses: for rule sets that may not look at the files of this machine. Raises `UnreadablePlan`."""
    raise UnreadablePlan("files cannot be used here")
