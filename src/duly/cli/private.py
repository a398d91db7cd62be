"""Personal values in what is printed: those of traits and categories that are declared sensitive are masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct

    from duly.client import Client
    from duly.v1.decision_pb2 import Decision

MASK = "•••"

sensitive_option = click.option(
    "--sensitive",
    multiple=True,
    metavar="NAME",
    help="A trait whose values, or a category whose messages, are not shown; better kept in [privacy] of duly.toml.",
)


class Masks:
    """Hides in decisions what is sensitive: `names` of traits and of categories."""

    def __init__(self, client: Client, names: Sequence[str]) -> None:
        self._client, self._names = client, frozenset(names)
        self._values_of = cache(self._values)

    def hide(self, decision: Decision) -> Decision:
        """The decision without sensitive values; itself changed."""
        if not self._names:
            return decision
        if decision.category in self._names:
            _hide_content(decision)
        values = self._values_of(decision.user_id, decision.anonymous_id)
        if values is None:
            _hide_content(decision)
            _change_texts(decision, lambda text: MASK if text else "")
        elif values:
            _change_texts(decision, lambda text: _without(values, text))
        return decision

    def _values(self, user_id: str, anonymous_id: str) -> list[str] | None:
        """The values to hide of one user, longest first; None when they cannot be learned, so nothing may be shown."""
        from duly.client import ServiceError

        try:
            user = self._client.user(user_id, anonymous_id=anonymous_id).user
        except ServiceError as error:
            return [] if error.code == "NOT_FOUND" else None
        found = _texts(user.traits[name] for name in self._names if name in user.traits)
        return sorted({text for text in found if text}, key=len, reverse=True)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    from google.protobuf.struct_pb2 import ListValue, Struct

    for value in values:
        if isinstance(value, Struct):
            yield from _texts(_items(value))
        elif isinstance(value, ListValue):
            yield from _texts(value.items())
        elif isinstance(value, float):
            yield f"{value:.15g}"
        elif isinstance(value, str):
            yield value


def _items(struct: Struct) -> list[Any]:
    return [struct[name] for name in struct.fields]


def _without(values: list[str], text: str) -> str:
    for value in values:
        text = text.replace(value, MASK)
    return text


def _hide_content(decision: Decision) -> None:
    message = decision.message
    for field in ("title", "body", "link"):
        if getattr(message, field):
            setattr(message, field, MASK)
    if decision.object:
        decision.object = MASK
    message.ClearField("data")


def _change_texts(decision: Decision, change: Callable[[str], str]) -> None:
    """Change every text that may hold a personal value."""
    decision.description = change(decision.description)
    for gate in decision.gates:
        gate.description = change(gate.description)
    if decision.HasField("message"):
        message = decision.message
        message.title, message.body, message.link = change(message.title), change(message.body), change(message.link)
    decision.object = change(decision.object)
