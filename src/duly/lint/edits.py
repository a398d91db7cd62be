"""Fixes that take something out of a rule file without leaving gaps."""

from __future__ import annotations

import re

from duly.diagnostics import Edit
from duly.source import Source, Span

_SEPARATOR = re.compile(r",?\s*\Z")


def without(source: Source, span: Span) -> Edit:
    """Take out a clause with the comma, the spaces and the line break before it."""
    before = source.text[max(span.start - 200, 0) : span.start]
    separator = _SEPARATOR.search(before)
    return Edit(Span(span.start - len(before) + (separator.start() if separator else len(before)), span.end), "")


def without_statement(source: Source, span: Span) -> Edit:
    """Take out a statement with its lines, and with the comment behind it."""
    text = source.text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", max(span.end - 1, span.start))
    return Edit(Span(start, len(text) if end < 0 else end + 1), "")
