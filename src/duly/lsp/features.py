"""What the editor can ask of a file: one short function for each kind of request."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from duly.lsp import colours, layout, navigation, outline, runs
from duly.lsp.completion import suggestions
from duly.lsp.editor import Opened
from duly.lsp.findings import fixes, text_edits
from duly.lsp.hover import hover
from duly.lsp.items import item
from duly.lsp.navigation import Place
from duly.lsp.server import DulyServer, server
from duly.source import Span

_REFUSED = -32803
_MOST_PLANS = 100
_SWITCH = 0.0005  # seconds


# --- writing ----------------------------------------------------------------------------------------------------------


@server.feature(
    types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", '"', "/", ".", "{", ":"])
)
async def completion(ls: DulyServer, params: types.CompletionParams) -> types.CompletionList | None:
    """What may be written at the cursor."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None:
        return None
    analysis = await ls.analysis(opened)
    text = opened.page.text
    offset = text.offset(params.position)
    placed = opened.page.at(offset)
    before = text.text[placed.start if placed is not None else 0 : offset]
    if before.endswith("\n"):
        before = ""  # the first column begins a new statement
    declared = navigation.declared(ls.editor.pages(opened.folder))
    found = suggestions(before, analysis.checked, _plans(opened), declared)
    return types.CompletionList(is_incomplete=False, items=[item(text, offset, each) for each in found])


def _plans(opened: Opened) -> list[str]:
    """The JSON files beside a rule file."""
    root = opened.folder.root
    if root is None:
        return []
    beside = (root / opened.page.name).parent
    return sorted(path.name for path in beside.glob("*.json"))[:_MOST_PLANS]


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
def formatting(ls: DulyServer, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The edits that lay out a file."""
    opened = ls.editor.opened.get(params.text_document.uri)
    return text_edits(opened.page.text, layout.whole(opened.page)) if opened is not None else None


@server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
def range_formatting(ls: DulyServer, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
    """The edits that lay out the statements in a range."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None:
        return None
    text = opened.page.text
    return text_edits(text, layout.part(opened.page, text.span(params.range)))


@server.feature(types.TEXT_DOCUMENT_ON_TYPE_FORMATTING, types.DocumentOnTypeFormattingOptions("\n"))
def on_type_formatting(ls: DulyServer, params: types.DocumentOnTypeFormattingParams) -> list[types.TextEdit] | None:
    """The edits after Enter."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None or params.ch != "\n":
        return None
    return text_edits(opened.page.text, layout.on_new_line(opened.page, opened.page.text.offset(params.position)))


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
)
def code_action(ls: DulyServer, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """Quick fixes."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None:
        return None
    return fixes(opened.page, opened.uri, opened.page.text.span(params.range), params.context.only)


# --- reading ----------------------------------------------------------------------------------------------------------


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hovering(ls: DulyServer, params: types.HoverParams) -> types.Hover | None:
    """What the thing under the cursor means."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None:
        return None
    analysis = await ls.analysis(opened)
    text = opened.page.text
    offset = text.offset(params.position)
    placed = opened.page.at(offset)
    if placed is None:
        return None
    said = hover(placed, opened.page.name, offset, analysis.checked, ls.editor.zones, ls.now())
    if said is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said.text), text.range(said.span))


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def document_symbol(ls: DulyServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    """The outline."""
    opened = ls.editor.opened.get(params.text_document.uri)
    return outline.outline(opened.page) if opened is not None else None


@server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
def folding_range(ls: DulyServer, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    """What can be folded."""
    opened = ls.editor.opened.get(params.text_document.uri)
    return outline.folds(opened.page) if opened is not None else None


@server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, colours.LEGEND)
async def semantic_tokens(ls: DulyServer, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    """What each word of a file is."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None:
        return None
    pieces = list(opened.page.placed())
    return types.SemanticTokens(await asyncio.to_thread(colours.colours, opened.page.text, pieces))


@server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, colours.LEGEND)
def semantic_tokens_range(ls: DulyServer, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    """What each word of a range is."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None:
        return None
    text = opened.page.text
    return types.SemanticTokens(colours.colours(text, opened.page.within(text.span(params.range))))


# --- names ------------------------------------------------------------------------------------------------------------


async def _named(ls: DulyServer, uri: str, position: types.Position) -> tuple[Opened, Place] | None:
    opened = ls.editor.opened.get(uri)
    if opened is None:
        return None
    await ls.analysis(opened)
    place = navigation.name_at(opened.page, opened.page.text.offset(position))
    return (opened, place) if place is not None else None


def _locations(ls: DulyServer, opened: Opened, found: Iterable[Place]) -> list[types.Location]:
    return [
        types.Location(ls.editor.uri(opened.folder, place.page.name), place.page.text.range(place.span))
        for place in found
    ]


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def definition(ls: DulyServer, params: types.DefinitionParams) -> list[types.Location] | None:
    """Where a name is declared: in these files, in the prelude, or in the tracking plan."""
    named = await _named(ls, params.text_document.uri, params.position)
    if named is None:
        return None
    opened, wanted = named
    pages = ls.editor.pages(opened.folder)
    declared = [place for place in navigation.places(pages, wanted) if place.occurrence.declares]
    if declared:
        return _locations(ls, opened, declared)
    return await asyncio.to_thread(_elsewhere, ls, opened, wanted)


def _elsewhere(ls: DulyServer, opened: Opened, wanted: Place) -> list[types.Location]:
    name, kind = wanted.occurrence.name, wanted.occurrence.kind
    if kind == "rule":
        return [
            types.Location(ls.editor.uri(opened.folder, page.name), page.text.range(Span(placed.start, placed.start)))
            for page, placed in navigation.unnamed(ls.editor.pages(opened.folder), name)
        ]
    given = navigation.given(ls.editor.codec, kind, name)
    if given is not None:
        return [given]
    return (
        navigation.planned(opened.folder, ls.editor.pages(opened.folder), ls.editor.codec, name)
        if kind == "event"
        else []
    )


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def references(ls: DulyServer, params: types.ReferenceParams) -> list[types.Location] | None:
    """Where a name is used in all files of the rule set."""
    named = await _named(ls, params.text_document.uri, params.position)
    if named is None:
        return None
    opened, wanted = named
    found = navigation.places(ls.editor.pages(opened.folder), wanted)
    declarations = params.context.include_declaration
    return _locations(ls, opened, (place for place in found if declarations or not place.occurrence.declares))


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def prepare_rename(ls: DulyServer, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """Whether the thing under the cursor can be given another name."""
    named = await _named(ls, params.text_document.uri, params.position)
    if named is None or named[1].occurrence.kind not in navigation.RENAMED:
        return None
    opened, wanted = named
    return types.PrepareRenamePlaceholder(opened.page.text.range(wanted.span), wanted.occurrence.name)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def rename(ls: DulyServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edits that give a rule, segment, category, relation or user of a test another name everywhere."""
    named = await _named(ls, params.text_document.uri, params.position)
    if named is None or named[1].occurrence.kind not in navigation.RENAMED:
        raise JsonRpcException("there is nothing here that can be renamed", _REFUSED)
    opened, wanted = named
    try:
        edits = navigation.renamed(ls.editor.pages(opened.folder), wanted, params.new_name)
    except navigation.Refused as refusal:
        raise JsonRpcException(str(refusal), _REFUSED) from None
    changes = {ls.editor.uri(opened.folder, name): text_edits(page.text, each) for name, (page, each) in edits.items()}
    return types.WorkspaceEdit(changes=changes)


# --- tests ------------------------------------------------------------------------------------------------------------


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
def code_lens(ls: DulyServer, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """`Run test` above each test."""
    opened = ls.editor.opened.get(params.text_document.uri)
    return runs.lenses(opened.page, opened.uri) if opened is not None else None


@server.command(runs.RUN_TEST)
async def run_test(ls: DulyServer, *arguments: str) -> dict[str, object] | None:
    """Run the test of a title, or all of a file; what did not hold is shown at its place."""
    opened = ls.editor.opened.get(arguments[0]) if arguments else None
    if opened is None:
        return None
    analysis = await ls.fresh_analysis(opened)
    text = opened.page.text
    told = await asyncio.to_thread(runs.run, analysis, opened.page.name, arguments[1] if len(arguments) > 1 else None)
    if opened.page.text is text:
        opened.page.outcomes = list(told.findings)
        ls.publish(opened)
    kind = types.MessageType.Info if told.passed else types.MessageType.Warning
    ls.window_show_message(types.ShowMessageParams(kind, told.message))
    return {"passed": told.passed, "message": told.message}


def serve() -> None:
    """Answer on standard input and output until the editor ends the conversation."""
    # While a rule set is looked at in one thread, an edit passes through several others before it is answered.
    sys.setswitchinterval(_SWITCH)
    server.start_io()
