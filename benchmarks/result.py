"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """A figure, what it is compared with, and the ratio of the two (more is better)."""

    what: str
    figure: str
    compared: str = ""
    ratio: float | None = None

    def cells(self) -> tuple[str, str, str, str]:
        return self.what, self.figure, self.compared, "" if self.ratio is None else f"{self.ratio:.2f}"
