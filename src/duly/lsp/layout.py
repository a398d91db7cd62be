"""Formatting: a whole file, the statements in a range, and the line that was just finished."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from duly.diagnostics import Edit
from duly.lsp.page import Page, Piece, Placed
from duly.source import Span
from duly.syntax import nodes
from duly.syntax.format import format_source
from duly.syntax.parse import parse

INDENT = "  "


def whole(page: Page) -> list[Edit]:
    """The edits that lay out a file; where it has syntax errors, those statements that have none."""
    source = page.source
    parsed = parse(source)
    if parsed.diagnostics:
        return part(page, Span(0, len(source.text)))
    return list(_differences(source.text, format_source(parsed), 0))


def part(page: Page, span: Span) -> list[Edit]:
    """The edits that lay out the statements a span touches."""
    edits: list[Edit] = []
    for placed in page.within(span):
        after = _formatted(placed.piece)
        if after is not None:
            edits += _differences(placed.piece.text[: placed.piece.end], after, placed.start)
    return edits


def _formatted(piece: Piece) -> str | None:
    """A statement in the one layout without the line break at its end; None when it has a problem or is none."""
    return None if piece.statement is None or piece.parsed.diagnostics else format_source(piece.parsed)[:-1]


def _differences(before: str, after: str, start: int) -> Iterator[Edit]:
    """Edits of whole lines, so that the cursor stays where it is in all others."""
    if before == after:
        return
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    places = [start]
    for line in old:
        places.append(places[-1] + len(line))
    for kind, first, last, low, high in SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            yield Edit(Span(places[first], places[last]), "".join(new[low:high]))


def on_new_line(page: Page, offset: int) -> list[Edit]:
    """
    After Enter: the line before it as it will stay, if the statement so far makes sense and no line of it has to be
    divided or joined; and the indentation of the new one, unless the editor has put it there.
    """
    line = page.text.line_of(offset)
    if line == 0:
        return []
    above = page.at(page.text.starts[line] - 1)
    edits = [] if above is None else _respaced(page, above, line - 1)
    indent = _indentation(page, line)
    if indent and not page.text.line(line).strip():
        start = page.text.starts[line]
        edits.append(Edit(Span(start, start + len(page.text.line(line))), indent))
    return edits


def _respaced(page: Page, placed: Placed, line: int) -> list[Edit]:
    after = _formatted(placed.piece)
    before = placed.piece.text[: placed.piece.end]
    if after is None or after.count("\n") != before.count("\n"):
        return []
    number = line - page.text.line_of(placed.start)
    old, new = page.text.line(line), (after.split("\n")[number : number + 1] or [""])[0]
    if old == new or "".join(old.split()) != "".join(new.split()):
        return []
    start = page.text.starts[line]
    return [Edit(Span(start, start + len(old)), new)]


def _indentation(page: Page, line: int) -> str:
    """As the line above if that is indented; two spaces below the first line of a rule or test."""
    above = page.text.line(line - 1)
    if not above.strip():
        return ""
    indent = above[: len(above) - len(above.lstrip())]
    if indent or page.text.line(line):
        return "" if page.text.line(line) == indent else indent
    placed = page.at(page.text.starts[line] - 1)
    statement = placed.piece.statement if placed is not None else None
    opens = above.split(None, 1)[0] in ("rule", "test", "when", "every")
    return INDENT if opens or isinstance(statement, nodes.Rule | nodes.Test) else ""
