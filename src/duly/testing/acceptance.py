"""Accepts what happened: rewrites the expectations that did not hold, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duly.diagnostics import Edit
from duly.source import Source, Span
from duly.testing.expectation import Miss
from duly.testing.run import Outcome


def accepted(sources: Sequence[Source], outcomes: Iterable[Outcome]) -> list[Source]:
    """The sources with each missed expectation replaced by what would have held; whether it does, a run has to show."""
    edits: dict[str, list[Edit]] = {}
    for outcome in outcomes:
        for miss in outcome.misses:
            edits.setdefault(miss.source.name, []).append(_edit(miss))
    return [_edited(source, edits[source.name]) if source.name in edits else source for source in sources]


def _edit(miss: Miss) -> Edit:
    """Several lines for one stand below each other, as far in as the first; for none, the line goes."""
    if not miss.correct:
        return Edit(_whole_line(miss), "")
    text, start = miss.source.text, miss.span.start
    begin = text.rfind("\n", 0, start) + 1
    indent = text[begin:start]
    ending = "\r\n" if begin >= 2 and text[begin - 2 : begin] == "\r\n" else "\n"
    separator = ending + indent if not indent.strip() else "  "
    return Edit(miss.span, separator.join(miss.correct))


def _whole_line(miss: Miss) -> Span:
    """The expectation with its line, if it has that to itself."""
    text, span = miss.source.text, miss.span
    begin, end = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end) + 1 or len(text)
    alone = not text[begin : span.start].strip() and not text[span.end : end].strip()
    return Span(begin, end) if alone else span


def _edited(source: Source, edits: list[Edit]) -> Source:
    text = source.text
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return Source(source.name, text)
