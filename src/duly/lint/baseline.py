"""Findings that are known and left for later, in a file; only those that are new are reported."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from duly.diagnostics import Diagnostic
from duly.source import Source
from duly.syntax.scan import statements

VERSION = 1

Kind = tuple[str, str, str, str]
"""The file, the lint rule, how the statement begins, and what is marked in it: nothing that moves with its line."""

_LONGEST = 80


class UnreadableBaseline(ValueError):
    """The text is no baseline; the message says why, in lower case and without a full stop."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many findings of each kind are known."""

    known: Counter[Kind] = field(default_factory=Counter)

    def new(self, found: Iterable[Diagnostic], name_of: Callable[[str], str]) -> list[Diagnostic]:
        """The findings beyond those that are known; `name_of` is what the baseline calls a file."""
        left = self.known.copy()
        kinds = _Kinds(name_of)
        new = []
        for each in found:
            kind = kinds(each)
            if left[kind] > 0:
                left[kind] -= 1
            else:
                new.append(each)
        return new

    @classmethod
    def of(cls, found: Iterable[Diagnostic], name_of: Callable[[str], str]) -> Baseline:
        """The baseline that knows these findings."""
        return cls(Counter(map(_Kinds(name_of), found)))

    @classmethod
    def read(cls, text: str) -> Baseline:
        """What `text` gave. Raises `UnreadableBaseline`."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UnreadableBaseline("it is not valid JSON") from error
        if not isinstance(document, dict) or document.get("version") != VERSION:
            raise UnreadableBaseline(f"it is not a baseline of version {VERSION}")
        try:
            return cls(Counter({_kind(entry): int(entry.get("count", 1)) for entry in document["findings"]}))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise UnreadableBaseline("a finding in it is incomplete") from error

    @property
    def text(self) -> str:
        """The file: JSON with one finding a line, in order, so that changes of it can be reviewed."""
        lines = [
            json.dumps({"file": file, "rule": code, "in": within, "at": marked, "count": count}, ensure_ascii=False)
            for (file, code, within, marked), count in sorted(self.known.items())
        ]
        listed = ",\n".join(f"    {line}" for line in lines)
        return f'{{\n  "version": {VERSION},\n  "findings": [\n{listed}\n  ]\n}}\n'


def _kind(entry: Any) -> Kind:
    return str(entry["file"]), str(entry["rule"]), str(entry["in"]), str(entry["at"])


class _Kinds:
    """Tells of what kind a finding is."""

    def __init__(self, name_of: Callable[[str], str]) -> None:
        self._name_of = name_of
        self._starts: dict[str, list[int]] = {}

    def __call__(self, found: Diagnostic) -> Kind:
        source = found.source
        marked = source.text[found.span.start : found.span.end].partition("\n")[0]
        return self._name_of(source.name), found.code, self._statement(source, found.span.start), _short(marked)

    def _statement(self, source: Source, offset: int) -> str:
        starts = self._starts.get(source.name)
        if starts is None:
            starts = self._starts[source.name] = [start for start, _ in statements(source.text)]
        start = starts[max(bisect_right(starts, offset) - 1, 0)]
        return " ".join(source.text[start : start + 2 * _LONGEST].split(maxsplit=2)[:2])[:_LONGEST]


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
