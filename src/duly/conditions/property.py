"""Properties, traits and literals, and `is missing`."""

from __future__ import annotations

from typing import Any

from duly.conditions.calendar import as_wanted, converted, parsed, parsed_as
from duly.conditions.code import Code, is_number, truth_code, value_code
from duly.conditions.family import JSON, family
from duly.conditions.truth import Explained, Seen, Unknown, View, concluded, explanation, reading
from duly.conditions.words import shown, words
from duly.meaning.model import Constant, Missing, Property, Type


def at_path(properties: Any, path: tuple[str, ...]) -> Any:
    """The value at a dotted path; None when it is absent, null, or beneath something that is not an object."""
    for name in path:
        if type(properties) is not dict:
            return None
        properties = properties.get(name)
    return properties


@value_code.register
def _constant_code(value: Constant, code: Code, want: Type) -> str:
    if value.type is Type.NUMBER and not is_number(value.value):
        return "None"
    if value.type is want or (value.type in JSON and want is Type.ANY):
        return code.slot(value.value)
    return converted(code.slot(value.value), value.type, want, code)


@value_code.register
def _property_code(value: Property, code: Code, want: Type) -> str:
    return parsed(_raw(value, code), family(value), want, code)


def _raw(value: Property, code: Code) -> str:
    source = {"user": "facts.traits", "event": "event", "product": "facts.event" if code.filtering else "event"}[
        value.scope
    ]
    name = code.local(f"{source}.get({code.slot(value.path[0])})")
    for part in value.path[1:]:
        name = code.local(f"{name}.get({code.slot(part)}) if type({name}) is dict else None")
    return name


@truth_code.register
def _missing_code(condition: Missing, code: Code) -> str:
    return f"{_raw(condition.value, code)} is None"


@reading.register
def _constant(value: Constant, view: View, want: Type) -> Any:
    if value.type in JSON:
        if want is not Type.ANY:
            return Unknown("wrong-type", f"{words(value)} is not a {want.value}")
        return value.value
    return as_wanted(int(value.value), value.type, want, words(value), view)


@reading.register
def _property(value: Property, view: View, want: Type) -> Any:
    raw, name = seen(value, view), words(value)
    if raw is None:
        return Unknown("missing", f"{name} is missing")
    return parsed_as(raw, family(value), want, name, view)


def seen(value: Property, view: View) -> Any:
    """The JSON value of a property, None when missing; the view takes note of it."""
    source = {"user": view.facts.traits, "event": view.event, "product": view.facts.event}[value.scope]
    raw = at_path(source, value.path)
    hide = raw is not None and view.sensitive(value)
    view.seen.append(Seen(words(value), "hidden" if hide else shown(raw)))
    return raw


@explanation.register
def _missing(condition: Missing, view: View) -> Explained:
    return concluded(seen(condition.value, view) is None, words(condition), view)
