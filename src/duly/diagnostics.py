"""What duly has to say about a place in a rule file: data, never raised, never printed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from duly.source import Source, Span


class Severity(IntEnum):
    """How bad it is. Only an error keeps a rule set from being published."""

    ERROR = 1
    WARNING = 2
    ADVICE = 3

    @property
    def word(self) -> str:
        """The severity in lower case, as reports print it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of the text under `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """
    One finding.

    `code` is a stable kebab-case name. `message` starts in lower case, has no full stop, is one line and quotes the
    user's text in backticks; `hint` is an instruction. `edits` are a safe fix of the same file, if there is one.
    """

    source: Source = field(compare=False)
    span: Span
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        first = self.message[:1]
        assert first and not first.isupper(), f"message must start in lower case: {self.message}"
        assert not self.message.endswith("."), f"message must not end with a full stop: {self.message}"
        assert "\n" not in self.message, f"message must be one line: {self.message}"

    @property
    def location(self) -> str:
        """`file:line:column`."""
        return self.source.location(self.span)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, then by place, the most severe first; the same finding at the same place once."""
    unique = {(d.source.name, d.span, d.code, d.message): d for d in diagnostics}
    return sorted(unique.values(), key=lambda d: (d.source.name, d.span, d.severity, d.code))
