"""Finds the rules that can match an event: by its name, then by equality on one of its properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from duly.meaning import model

Item = TypeVar("Item")
Path = tuple[str, ...]
Value = tuple[bool, Any]


class EventIndex(Generic[Item]):
    """
    The rules of one event name.

    A rule whose condition demands `property = constant` (or `in (…)`) lies under that constant; the others are always
    candidates. Candidates come in the order in which rules were added, per path.
    """

    __slots__ = ("_only", "always", "by_path")

    def __init__(self) -> None:
        self.always: list[Item] = []
        self.by_path: dict[Path, dict[Value, list[Item]]] = {}
        self._only = True

    def add(self, item: Item, demand: tuple[Path, Sequence[Any]] | None) -> None:
        """File an item under what its condition demands; None for always."""
        if demand is None:
            self.always.append(item)
            return
        self._only = False
        path, constants = demand
        values = self.by_path.setdefault(path, {})
        for constant in dict.fromkeys(map(_hashed, constants)):
            values.setdefault(constant, []).append(item)

    def candidates(self, properties: Mapping[str, Any]) -> Sequence[Item]:
        """The items that an event with these properties can match."""
        if self._only:
            return self.always
        found = list(self.always)
        for path, values in self.by_path.items():
            value: Any = properties
            for name in path:
                value = value.get(name) if type(value) is dict else None
            if value is None or type(value) is list or type(value) is dict:
                continue
            found += values.get((type(value) is bool, value), ())
        return found

    def everything(self) -> list[Item]:
        """All items, each once."""
        filed = [item for values in self.by_path.values() for items in values.values() for item in items]
        return list({id(item): item for item in [*self.always, *filed]}.values())


def demanded(condition: model.Condition | None) -> tuple[Path, tuple[Any, ...]] | None:
    """The equality on a property of the event without which a condition cannot be true, if there is one."""
    if isinstance(condition, model.And):
        return next((found for term in condition.terms if (found := demanded(term))), None)
    if isinstance(condition, model.OneOf):
        path = _event_path(condition.value)
        return (path, tuple(item.value for item in condition.items)) if path and _plain(*condition.items) else None
    if isinstance(condition, model.Comparison) and condition.operator == "=":
        return _equality(condition.left, condition.right) or _equality(condition.right, condition.left)
    return None


def _equality(left: model.Value, right: model.Value) -> tuple[Path, tuple[Any, ...]] | None:
    path = _event_path(left)
    if path and isinstance(right, model.Constant) and _plain(right):
        return path, (right.value,)
    return None


def _event_path(value: model.Value) -> Path | None:
    if isinstance(value, model.Property) and value.scope in ("event", "product"):
        return value.path
    return None


def _plain(*constants: model.Constant) -> bool:
    """Whether JSON values can be compared with them as they are; dates and the like cannot."""
    return all(c.type in (model.Type.TEXT, model.Type.NUMBER, model.Type.BOOLEAN) for c in constants)


def _hashed(value: Any) -> Value:
    return (type(value) is bool, value)
