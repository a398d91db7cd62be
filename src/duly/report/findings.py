"""The diagnostics of one run, with what every format says about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from duly.diagnostics import Diagnostic, Severity
from duly.source import Position

FORMATS = ("full", "concise", "json", "github", "gitlab", "junit", "rdjson", "sarif")
"""The names of the formats; each is a module of this package with a function `render`."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Diagnostics in the order in which they are shown, and the names of all files that were looked at."""

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    colours: bool = False

    def fail(self, least: Severity) -> bool:
        """Whether any of them is as bad as `least` or worse."""
        return any(diagnostic.severity <= least for diagnostic in self.diagnostics)

    @property
    def summary(self) -> str:
        """`2 errors, 1 warning and 4 advice in 3 files`."""
        files = counted(len(self.files), "file")
        counts = Counter(diagnostic.severity for diagnostic in self.diagnostics)
        parts = [counted(counts[severity], severity.word) for severity in Severity if counts[severity]]
        listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)
        return f"{listed} in {files}" if parts else f"no problems in {files}"


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`; `advice` has no plural."""
    return f"{number:,} {noun}" if number == 1 or noun == Severity.ADVICE.word else f"{number:,} {noun}s"


class _Format(Protocol):
    def render(self, findings: Findings) -> str: ...


def render(findings: Findings, format: str) -> str:
    """The text of one of `FORMATS`; it ends with a line break unless it is empty."""
    return cast("_Format", import_module(f"duly.report.{format}")).render(findings)


def start(diagnostic: Diagnostic) -> Position:
    """Where it starts."""
    return diagnostic.source.position(diagnostic.span.start)


def end(diagnostic: Diagnostic) -> Position:
    """The place just after it."""
    return diagnostic.source.position(diagnostic.span.end)


def with_hint(diagnostic: Diagnostic) -> str:
    """The message, and the hint for formats that have no field for it."""
    return f"{diagnostic.message}; {diagnostic.hint}" if diagnostic.hint else diagnostic.message
