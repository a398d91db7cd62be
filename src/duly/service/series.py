"""Numbers with labels in the Prometheus text format, version 0.0.4, each with a bound to how many series it has."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

Labels = tuple[str, ...]
Values = tuple[Any, ...]

OTHER = "other"
"""The first label of what came when there were as many series as may be."""


class Counts:
    """
    A counter for each set of labels; callers see to it that one thread at a time adds.

    Values are counted by as they are, which costs less, and `shown` makes labels of them when they are read.
    """

    def __init__(
        self,
        name: str,
        help: str,
        labels: Labels,
        most: int = 1_000,
        shown: Callable[[Values], Labels] | None = None,
    ) -> None:
        self._name, self._help, self._labels, self._most, self._shown = name, help, labels, most, shown or tuple
        self._rows: dict[Values, float] = {}

    def add_all(self, numbers: Mapping[Any, float]) -> None:
        """Count many at a time."""
        rows = self._rows
        for values, number in numbers.items():
            if values in rows:
                rows[values] += number
            else:
                self.add(values, number)

    def add(self, values: Values, number: float = 1.0) -> None:
        """Count."""
        rows = self._rows
        if values not in rows and len(rows) >= self._most:
            values = (OTHER, *values[1:])
        rows[values] = rows.get(values, 0.0) + number

    def lines(self) -> Iterator[str]:
        """As Prometheus reads them."""
        yield from heading(self._name, self._help, "counter")
        for values, count in sorted((self._shown(values), count) for values, count in self._rows.items()):
            yield f"{self._name}{braces(zip(self._labels, values, strict=True))} {count:.17g}"


class Spread:
    """A histogram for each set of labels; as `Counts`."""

    def __init__(self, name: str, help: str, labels: Labels, bounds: Sequence[float], most: int = 200) -> None:
        self._name, self._help, self._labels, self._most = name, help, labels, most
        self._bounds = bounds
        self._rows: dict[Labels, list[float]] = {}

    def add(self, values: Labels, measured: float) -> None:
        """Count one measurement."""
        row = self._rows.get(values)
        if row is None:
            if len(self._rows) >= self._most:
                values = (OTHER, *values[1:])
            row = self._rows.setdefault(values, [0.0] * (len(self._bounds) + 2))
        row[bisect_left(self._bounds, measured)] += 1
        row[-1] += measured

    def lines(self) -> Iterator[str]:
        """As Prometheus reads them."""
        yield from heading(self._name, self._help, "histogram")
        for values, row in sorted(self._rows.items()):
            labels = list(zip(self._labels, values, strict=True))
            totals = list(accumulate(row[:-1]))
            for bound, total in zip((*self._bounds, "+Inf"), totals, strict=True):
                yield f"{self._name}_bucket{braces([*labels, ('le', str(bound))])} {total:.17g}"
            yield f"{self._name}_sum{braces(labels)} {row[-1]:.9g}"
            yield f"{self._name}_count{braces(labels)} {totals[-1]:.17g}"


def heading(name: str, help: str, kind: str) -> tuple[str, str]:
    """What stands before the lines of a number."""
    return f"# HELP {name} {help}", f"# TYPE {name} {kind}"


def braces(labels: Iterable[tuple[str, str]]) -> str:
    """Labels in braces, none for no labels."""
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{inner}}}" if inner else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
