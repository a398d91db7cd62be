"""Findings in what has changed since an earlier state of the files."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from duly.diagnostics import Diagnostic
from duly.syntax.scan import statements


@dataclass(slots=True)
class Earlier:
    """
    How the files were: the names of those that are as they were, and all statements of the others.

    A statement that has moved, even to another file, has not changed.
    """

    same: frozenset[str]
    texts: frozenset[str]
    _stretches: dict[str, list[int]] = field(default_factory=dict)

    def new(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The findings in statements that were not there, or read otherwise."""
        return [each for each in found if each.source.name not in self.same and self._text(each) not in self.texts]

    def _text(self, found: Diagnostic) -> str:
        text = found.source.text
        starts = [start for start, _ in statements(text)]
        number = max(bisect_right(starts, found.span.start) - 1, 0)
        return _essence(text[starts[number] : (*starts, len(text))[number + 1]])


def statement_texts(text: str) -> Iterable[str]:
    """The statements of a file as texts, without the comments that belong to the next one."""
    return (_essence(text[start:end]) for start, end in statements(text))


def _essence(text: str) -> str:
    lines = text.splitlines()
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return "\n".join(line.rstrip() for line in lines)
