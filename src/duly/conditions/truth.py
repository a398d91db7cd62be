"""What an explanation consists of, and the walk that builds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from duly.conditions.context import Facts
from duly.meaning.model import Condition, Property, Type, Value

Sensitive = Callable[[Property], bool]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a value is unknown: a stable code (`missing`, `wrong-type`, `warming-up`, …) and a phrase for people."""

    code: str
    cause: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that was read: its name in the language, and its value as text, `missing` or `hidden`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Explained:
    """
    One condition, its truth (None is unknown) and why.

    `cause` and `code` are set when it is unknown of itself; a connective leaves them to its children.
    """

    truth: bool | None
    text: str
    children: tuple[Explained, ...] = ()
    values: tuple[Seen, ...] = ()
    cause: str | None = None
    code: str | None = None

    @property
    def summary(self) -> str:
        """One sentence: why the condition is not true, or that it is."""
        if self.truth is True:
            return f"`{self.text}` is true"
        deciding = [child for child in self.children if child.truth is self.truth]
        if deciding:
            return "; ".join(dict.fromkeys(child.summary for child in deciding))
        if self.truth is None:
            return f"unknown: {self.cause or self._beneath()}"
        return f"`{self.text}` is false" + self._beneath(": ")

    @property
    def codes(self) -> frozenset[str]:
        """The codes of everything that makes it unknown; empty when it is not."""
        if self.truth is not None:
            return frozenset()
        own = frozenset({self.code} if self.code else ())
        return own.union(*(child.codes for child in self.children))

    def _beneath(self, before: str = "") -> str:
        values = [f"{seen.name} is {seen.value}" for seen in self.values]
        return before + ", ".join(values) if values else ""


@dataclass(slots=True)
class View:
    """What an explanation reads from; `event` is the counted event inside a filter, else the trigger."""

    facts: Facts
    event: dict[str, Any]
    sensitive: Sensitive
    seen: list[Seen] = field(default_factory=list)

    def fresh(self) -> View:
        """The same view with nothing seen yet."""
        return replace(self, seen=[])

    def of(self, event: dict[str, Any]) -> View:
        """The view of one counted event."""
        return replace(self, event=event, seen=[])


@singledispatch
def explanation(condition: Condition, _view: View) -> Explained:
    """The truth of `condition` and why; each kind's file registers its own."""
    raise TypeError(type(condition))


@singledispatch
def reading(value: Value, _view: View, _want: Type) -> Any:
    """`value` as the wanted type (ANY: as JSON), or `Unknown`; each kind's file registers its own."""
    raise TypeError(type(value))


def concluded(truth: bool | Unknown, text: str, view: View) -> Explained:
    """The explanation of a condition that has no conditions beneath it."""
    values = tuple(dict.fromkeys(view.seen))
    if isinstance(truth, Unknown):
        return Explained(None, text, (), values, truth.cause, truth.code)
    return Explained(truth, text, (), values)
