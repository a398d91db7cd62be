"""Durations in a unit that is too small."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duly.diagnostics import Edit, Severity
from duly.lint.lines import is_code
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed, fixable=True)
def unwieldy_duration(file: Parsed, world: World, report: Report) -> None:
    """
    A duration is written in a unit that is too small for it.

    Nobody sees that 604800 seconds are a week, or whether a zero is missing.

    Avoid:
        when Order Completed, after 7200 seconds, max 1 per 168 hours

    Prefer:
        when Order Completed, after 2 hours, max 1 per 7 days
    """
    for start, end, count, unit in _written(file.source.text):
        better = _better(count, unit)
        if better and is_code(file.source, start):
            edits = (Edit(Span(start, end), better),)
            report(file.source, Span(start, end), f"this is {better}", f"write `{better}`", edits)


def _written(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Where durations of two or more digits stand, and what they are; units are looked for, for they are few."""
    for unit in ("seconds", "minutes", "hours"):
        place = text.find(f" {unit}")
        while place >= 0:
            found = _COUNT.search(text, max(place - 10, 0), place)
            if found is not None:
                yield found.start(), place + 1 + len(unit), int(found.group()), unit
            place = text.find(f" {unit}", place + 1)


def _better(count: int, unit: str) -> str:
    """The same in the largest unit that fits, "" when it is fine; hours stay hours up to three days."""
    written = unit
    for small, large, size, least in _STEPS:
        if unit == small and count >= least and count % size == 0:
            count, unit = count // size, large
    return f"{count} {unit if count > 1 else unit[:-1]}" if unit != written else ""


_STEPS = (("seconds", "minutes", 60, 60), ("minutes", "hours", 60, 60), ("hours", "days", 24, 73))
_COUNT = re.compile(r"(?<![\w.])\d{2,}\Z")
