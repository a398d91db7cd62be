"""What part of a line is the language, and what is text or comment."""

from __future__ import annotations

import re

from duly.source import Source
from duly.syntax import nodes

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_IN_PATTERN = re.compile(r"matches\s+/(?:[^/\\]|\\.)*\Z")

EXPECTATIONS = (nodes.ExpectNotify, nodes.ExpectDefer, nodes.ExpectSuppress, nodes.ExpectNothing)
"""The lines of a test that can fail."""


def is_code(source: Source, offset: int) -> bool:
    """Whether a place is neither inside quotes or a pattern nor in a comment."""
    before = _TEXT.sub("", source.text[source.text.rfind("\n", 0, offset) + 1 : offset])
    return '"' not in before and "#" not in before and not _IN_PATTERN.search(before)
