"""What conditions speak of: two clauses that speak of nothing in common have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duly.meaning import model

HISTORY, CLOCK, NOTHING = "history", "clock", "nothing"


class Topics:
    """Lists the topics of conditions, each as often as it is spoken of; a segment has those of its condition."""

    def __init__(self, segments: Mapping[str, model.Segment]) -> None:
        self._segments = segments
        self._known: dict[str, list[str]] = {}

    def of(self, condition: model.Condition) -> list[str]:
        """The topics of a condition: properties by their first name, memberships, history, the clock."""
        found: list[str] = []
        waiting: list[Any] = [condition]
        while waiting:
            part = waiting.pop()
            kind = type(part)
            if kind is model.InSegment:
                found += self._of_segment(part.segment)
            elif kind in _INNER:
                inner = _INNER[kind](part)
                waiting += inner
                if kind is model.Comparison and all(type(each) is model.Constant for each in inner):
                    found.append(NOTHING)
            elif kind is not model.Constant:
                found.append(_topic(part))
        return found

    def _of_segment(self, name: str) -> list[str]:
        if name not in self._known:
            segment = self._segments.get(name)
            self._known[name] = [f"segment {name}", *(self.of(segment.where) if segment is not None else ())]
        return self._known[name]


def _topic(part: Any) -> str:
    kind = type(part)
    if kind is model.Property:
        return f"{'user' if part.scope == 'user' else 'event'} {part.path[0]}"
    if kind is model.Related:
        return f"relation {part.relation}"
    if kind is model.OptedIn:
        return f"category {part.category}"
    return CLOCK if kind is model.Moment else HISTORY


_INNER: dict[type, Any] = {
    model.And: lambda part: part.terms,
    model.Or: lambda part: part.terms,
    model.Not: lambda part: (part.term,),
    model.Comparison: lambda part: (part.left, part.right),
    model.Arithmetic: lambda part: (part.left, part.right),
    model.Within: lambda part: (part.value,),
    model.OneOf: lambda part: (part.value,),
    model.TextTest: lambda part: (part.value, part.part),
    model.Matches: lambda part: (part.value,),
    model.Missing: lambda part: (part.value,),
}
