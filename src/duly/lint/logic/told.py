"""An example in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from duly.conditions.words import instant_words, shown
from duly.lint.logic.facts import NOON
from duly.lint.logic.reason import Example


def told(example: Example) -> str:
    """What is so in the example, such as `discount 0.2, user.country "DE", saved`."""
    return ", ".join(_parts(example)) or "any event"


def _parts(example: Example) -> Iterator[str]:
    facts = example.facts
    yield from (f"{name} {value}" for name, value in _leaves(facts.event))
    yield from (f"user.{name} {value}" for name, value in _leaves(facts.traits))
    yield from (f"user {name} it" for name, related in facts.related.items() if related)
    yield from (f"opted in to {name}" for name in facts.consent)
    yield from (f"{len(past)} {name} before" for name, past in facts.history.past.items() if past)
    if facts.now != NOON:
        yield f"at {instant_words(facts.now)}"


def _leaves(properties: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in properties.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", shown(value)
