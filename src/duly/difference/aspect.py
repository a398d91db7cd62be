"""One respect in which a rule differs, and what that does to whom it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Effect(Enum):
    """What a difference does to the notifications that go out."""

    EQUIVALENT = "equivalent"
    """Proven, or found in everything that was tried: the same notifications at the same instants."""
    OTHERWISE = "otherwise"
    """To the same people at the same instants, but something else about them."""
    MORE = "sends more"
    LESS = "sends less"
    INCOMPARABLE = "incomparable"
    """Some go out that did not before, and some do not that did; or at other instants."""
    UNDECIDED = "not analysed"


@dataclass(frozen=True, slots=True)
class Witness:
    """
    A case in which the difference shows. `before` and `after` say what happens.

    `event` holds the properties of the trigger, `facts` the rest in words, `instant` (microseconds, UTC) and `zone`
    when and where the user is; what plays no part is empty.
    """

    before: str
    after: str
    events: tuple[str, ...] = ()
    event: dict[str, Any] = field(default_factory=dict)
    facts: str = ""
    instant: int | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Aspect:
    """A part of a rule that changed, in a sentence. A second witness shows the other way of what is incomparable."""

    part: str
    effect: Effect
    text: str
    witnesses: tuple[Witness, ...] = ()


def combined(effects: Iterable[Effect]) -> Effect:
    """The effect of several differences together: more of one and less of another cannot be compared."""
    found = set(effects)
    if Effect.INCOMPARABLE in found or {Effect.MORE, Effect.LESS} <= found:
        return Effect.INCOMPARABLE
    for effect in (Effect.UNDECIDED, Effect.MORE, Effect.LESS, Effect.OTHERWISE):
        if effect in found:
            return effect
    return Effect.EQUIVALENT


def by_inclusion(before: frozenset[Any], after: frozenset[Any]) -> Effect:
    """What it does to have these instead of those, of which each one more lets more through."""
    if before == after:
        return Effect.EQUIVALENT
    if before < after:
        return Effect.MORE
    return Effect.LESS if after < before else Effect.INCOMPARABLE
