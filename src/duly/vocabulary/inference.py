"""A tracking plan out of events that were recorded: names, properties, types, and what is always there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import dumps
from typing import Any

MOST_EVENTS, MOST_PROPERTIES, DEEPEST = 10_000, 1_000, 8
"""So many event names, properties of one object and levels of objects are looked at; more are no vocabulary."""

MOST_VALUES, SEEN_EACH = 12, 20
"""A text is one of a list when it has several values, at most so many, and each was seen so often on average."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})", re.ASCII
)
_LONGEST_VALUE = 60
_NAMES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}


@dataclass(slots=True)
class _Values:
    """What was seen under one name: how often each type, and of texts which ones, None when there were too many."""

    types: Counter[type] = field(default_factory=Counter)
    texts: Counter[str] | None = field(default_factory=Counter)
    formats: set[str] = field(default_factory=set)
    inside: _Properties | None = None

    def see(self, value: Any, depth: int) -> None:
        kind = type(value)
        self.types[kind] += 1
        if kind is str:
            self._see_text(value)
        elif kind is dict and depth < DEEPEST:
            self.inside = self.inside or _Properties()
            self.inside.see(value, depth + 1)

    def _see_text(self, value: str) -> None:
        if len(self.formats) < 2:
            self.formats.add(_format(value))
        if self.texts is not None:
            self.texts[value] += 1
            if len(self.texts) > MOST_VALUES or len(value) > _LONGEST_VALUE:
                self.texts = None

    @property
    def present(self) -> int:
        return self.types.total() - self.types[type(None)]

    def schema(self) -> dict[str, Any]:
        """The JSON schema that all of it fits."""
        names = sorted({_NAMES[kind] for kind in self.types if kind in _NAMES})
        if "number" in names and "integer" in names:
            names.remove("integer")
        found: dict[str, Any] = {"type": names[0] if len(names) == 1 else names}
        if set(names) <= {"string", "null"}:
            found |= self._text_schema(nullable="null" in names)
        if self.inside is not None:
            found |= self.inside.schema()
        return found

    def _text_schema(self, *, nullable: bool) -> dict[str, Any]:
        if self.formats <= {"date", "date-time"} and len(self.formats) == 1:
            return {"format": next(iter(self.formats))}
        if self.texts and 1 < len(self.texts) <= self.texts.total() / SEEN_EACH:
            return {"enum": [*sorted(self.texts), *([None] if nullable else [])]}
        return {}


def _format(value: str) -> str:
    if _DATE.match(value) is None:
        return "text"
    if _DATE.fullmatch(value):
        return "date"
    return "date-time" if _INSTANT.fullmatch(value) else "text"


@dataclass(slots=True)
class _Properties:
    """The properties of one kind of object, and how many of those objects there were."""

    seen: int = 0
    values: dict[str, _Values] = field(default_factory=dict)

    def see(self, properties: Mapping[str, Any], depth: int = 0) -> None:
        self.seen += 1
        for name, value in properties.items():
            known = self.values.get(name)
            if known is None:
                if len(self.values) >= MOST_PROPERTIES:
                    continue
                known = self.values[name] = _Values()
            known.see(value, depth)

    def schema(self) -> dict[str, Any]:
        required = [name for name, values in self.values.items() if values.present == self.seen]
        found = {"properties": {name: values.schema() for name, values in self.values.items()}}
        return found | ({"required": required} if required else {})


@dataclass(slots=True)
class Inference:
    """
    Sees recorded events in the shape of the Segment specification, and says what they have in common.

    `events` counts those that said something, `passed_over` those of other types. Memory grows with the names, not
    with the events.
    """

    events: int = 0
    passed_over: int = 0
    _tracked: dict[str, _Properties] = field(default_factory=dict)
    _traits: _Properties = field(default_factory=_Properties)

    def see(self, event: Mapping[str, Any]) -> None:
        """Learn from one event; what is neither a `track` with a name nor an `identify` teaches nothing."""
        kind, name = event.get("type"), event.get("event")
        if kind == "identify":
            self._traits.see(_object(event.get("traits")))
        elif (kind == "track" or kind is None) and isinstance(name, str) and name:
            self._properties_of(name).see(_object(event.get("properties")))
        else:
            self.passed_over += 1
            return
        self.events += 1

    def _properties_of(self, name: str) -> _Properties:
        known = self._tracked.get(name)
        if known is None:
            known = _Properties()
            if len(self._tracked) < MOST_EVENTS:
                self._tracked[name] = known
        return known

    @property
    def names(self) -> int:
        """How many events with different names there were."""
        return len(self._tracked)

    def plan(self, name: str) -> str:
        """The tracking plan, as Segment's Public API has it."""
        return dumps({"name": name, "rules": list(self._rules())}, indent=2, ensure_ascii=False) + "\n"

    def _rules(self) -> Iterator[dict[str, Any]]:
        for event in sorted(self._tracked):
            yield _rule("TRACK", event, {"properties": self._tracked[event]})
        if self._traits.seen:
            yield _rule("IDENTIFY", "", {"traits": self._traits})


def _rule(kind: str, key: str, parts: Mapping[str, _Properties]) -> dict[str, Any]:
    inner = {name: {"type": "object"} | part.schema() for name, part in parts.items()}
    empty = {name: {"type": "object"} for name in ("context", "traits", "properties") if name not in parts}
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": inner | empty}
    return {"type": kind, **({"key": key} if key else {}), "version": 1, "jsonSchema": schema}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
