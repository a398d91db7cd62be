"""The fenced blocks of a page of the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_FENCE = re.compile(r"^```(\S+)(?: +(.*?))? *\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """The text of a block, the language and the further words of its fence, and where it stands."""

    page: str
    line: int
    language: str
    marks: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str, language: str) -> Iterator[Block]:
    """The blocks of one language, in order."""
    text = (DOCS / page).read_text("utf-8")
    for found in _FENCE.finditer(text):
        if found[1] == language:
            yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2] or "", found[3])
