"""The outline of a file, and what can be folded."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from duly.lsp.page import Page, Placed
from duly.source import Span
from duly.syntax import nodes
from duly.vocabulary.words import name_of_file

_KINDS = {
    nodes.Rule: types.SymbolKind.Function,
    nodes.Segment: types.SymbolKind.Class,
    nodes.Category: types.SymbolKind.Enum,
    nodes.Relation: types.SymbolKind.Interface,
    nodes.Event: types.SymbolKind.Event,
    nodes.Test: types.SymbolKind.Method,
    nodes.Use: types.SymbolKind.File,
}
_HOUSE = {nodes.Timezone: "timezone", nodes.Quiet: "quiet", nodes.Gap: "gap", nodes.Holdout: "holdout"}


def outline(page: Page) -> list[types.DocumentSymbol]:
    """One symbol for each statement without problems, with the variants of a rule inside it."""
    return [_symbol(page, placed) for placed in page.placed() if placed.piece.statement is not None]


def _symbol(page: Page, placed: Placed) -> types.DocumentSymbol:
    node = placed.piece.statement
    assert node is not None
    named = getattr(node, "name", None)
    title = getattr(node, "title", None)
    place = (named or title or node).span
    return types.DocumentSymbol(
        name=label(page.name, node),
        detail=title.value if title is not None and named is not None else _detail(placed.piece.text, node),
        kind=_KINDS.get(type(node), types.SymbolKind.Constant),
        range=page.text.range(placed.span(Span(node.span.start, max(node.span.end, place.end)))),
        selection_range=page.text.range(placed.span(place)),
        children=[_variant(page, placed, each) for each in getattr(node, "clauses", ()) if _is_variant(each)],
    )


def label(file: str, node: nodes.Statement) -> str:
    """What a statement is called."""
    if isinstance(node, nodes.Use):
        return f"use {node.file.value}"
    if isinstance(node, nodes.Test):
        return node.title.value or "test"
    if isinstance(node, nodes.Limit):
        return f"limit {node.name.value}"
    if isinstance(node, nodes.Rule):
        return node.name.value if node.name is not None else name_of_file(file) or "rule"
    named = getattr(node, "name", None)
    return _HOUSE.get(type(node)) or str(named.value if named is not None else "")


def _detail(text: str, node: nodes.Statement) -> str:
    """The rest of a statement that is short, so that the outline says what the house rules are."""
    if isinstance(node, nodes.Rule | nodes.Test | nodes.Use):
        return ""
    words = " ".join(text[node.span.start : node.span.end].split())
    return words if len(words) <= 60 else words[:59] + "…"


def _is_variant(clause: nodes.Clause) -> bool:
    return isinstance(clause, nodes.Variant)


def _variant(page: Page, placed: Placed, node: nodes.Variant) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=node.name.value,
        kind=types.SymbolKind.EnumMember,
        range=page.text.range(placed.span(node.span)),
        selection_range=page.text.range(placed.span(node.name.span)),
    )


def folds(page: Page) -> list[types.FoldingRange]:
    """Every statement of several lines, broken or not, and every block of comments in the first column."""
    return [*_statements(page), *_comments(page)]


def _statements(page: Page) -> Iterator[types.FoldingRange]:
    for placed in page.placed():
        tokens = placed.piece.tokens
        if not tokens.ends:
            continue
        first = page.text.line_of(placed.start + tokens.starts[0])
        last = page.text.line_of(placed.start + tokens.ends[-1] - 1)
        if last > first:
            yield types.FoldingRange(first, last, kind=types.FoldingRangeKind.Region)


def _comments(page: Page) -> Iterator[types.FoldingRange]:
    first = None
    for number in range(len(page.text.starts) + 1):
        is_comment = number < len(page.text.starts) and page.text.text.startswith("#", page.text.starts[number])
        if is_comment and first is None:
            first = number
        elif not is_comment and first is not None:
            if number - 1 > first:
                yield types.FoldingRange(first, number - 1, kind=types.FoldingRangeKind.Comment)
            first = None
