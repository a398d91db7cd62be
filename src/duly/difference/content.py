"""What a rule says and how it competes: differences that change no condition and no time."""

from __future__ import annotations

from collections.abc import Iterator

from duly.difference.aspect import Aspect, Effect, by_inclusion
from duly.meaning.model import Rule


def content_aspects(before: Rule, after: Rule) -> Iterator[Aspect]:
    """The differences in text, goal, priority, cancellation and what names the expiry."""
    if before.title != after.title:
        yield Aspect("title", Effect.EQUIVALENT, "it has another title")
    if before.message != after.message:
        yield Aspect("message", Effect.OTHERWISE, "it says something else")
    if before.goal != after.goal:
        yield Aspect("goal", Effect.OTHERWISE, "its success is measured otherwise")
    if before.priority != after.priority:
        effect = Effect.MORE if after.priority > before.priority else Effect.LESS
        yield Aspect("priority", effect, f"priority {before.priority} became {after.priority}: it wins other slots")
    if before.unless != after.unless:
        effect = by_inclusion(frozenset(map(repr, after.unless)), frozenset(map(repr, before.unless)))
        yield Aspect("unless", effect, "other events cancel it")
    if before.expiry.at != after.expiry.at:
        yield Aspect("expiry", Effect.UNDECIDED, "another property names its end, not analysed")
