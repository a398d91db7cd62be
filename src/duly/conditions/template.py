"""Messages: templates filled with what the trigger and the user's traits hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from duly.conditions.code import is_number
from duly.conditions.context import Facts
from duly.conditions.property import at_path
from duly.conditions.words import number_words, words
from duly.meaning.model import Property, Slot, Template


@dataclass(frozen=True, slots=True)
class MissingSlot:
    """A template cannot be filled: `name` is the property that is absent, null or not printable, as rules write it."""

    name: str


def render(template: Template, facts: Facts) -> str | MissingSlot:
    """
    The text of a template, or the first property that is missing and has no fallback.

    Numbers print as people write them; lists, objects, NaN and infinity count as missing, as does a `percent` that is
    no number.
    """
    parts: list[str] = []
    for part in template:
        text = part if isinstance(part, str) else _filled(part, facts)
        if text is None:
            return MissingSlot(words(part.value)) if isinstance(part, Slot) else MissingSlot(part)
        parts.append(text)
    return "".join(parts)


def slots(templates: Iterable[Template]) -> list[Property]:
    """The properties that several templates read."""
    return [part.value for template in templates for part in template if isinstance(part, Slot)]


def _filled(slot: Slot, facts: Facts) -> str | None:
    source = facts.traits if slot.value.scope == "user" else facts.event
    text = _printed(at_path(source, slot.value.path), slot.percent)
    return slot.fallback if text is None else text


def _printed(value: Any, percent: bool) -> str | None:
    if is_number(value):
        return f"{number_words(value * 100)}%" if percent else number_words(value)
    if percent:
        return None
    if type(value) is bool:
        return "true" if value else "false"
    return value if type(value) is str else None
