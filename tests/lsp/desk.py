"""What a person does in an editor, in the words of the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pytest_lsp import LanguageClient

PATIENCE = 8.0
"""Seconds after which what was waited for will not come; nothing is ever this slow."""


class Desk:
    """A folder of rule files and the files of it that are open."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client, self.folder = client, folder
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    def save(self, name: str, text: str) -> str:
        """Put a file on disk; returns its address."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path.as_uri()

    def open(self, name: str, text: str) -> str:
        """Open a file that exists only in the editor."""
        uri = (self.folder / name).as_uri()
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, "duly", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def type(self, uri: str, before: str, after: str) -> None:
        """Replace the first `before` by `after`, as one edit of that place."""
        text = self.texts[uri]
        start = text.index(before)
        self.edit(uri, start, start + len(before), after)

    def edit(self, uri: str, start: int, end: int, after: str) -> None:
        """Replace a range of characters."""
        text = self.texts[uri]
        range = types.Range(position(text, start), position(text, end))
        self.texts[uri] = text[:start] + after + text[end:]
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [types.TextDocumentContentChangePartial(range=range, text=after)],
            )
        )

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def at(self, uri: str, words: str) -> types.Position:
        """Just after the first of these words."""
        return position(self.texts[uri], self.texts[uri].index(words) + len(words))

    async def until(self, uri: str, fits: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """The findings of a file as soon as they fit."""

        async def wait() -> None:
            while uri not in self.client.diagnostics or not fits(list(self.client.diagnostics[uri])):
                await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)

        await asyncio.wait_for(wait(), PATIENCE)
        return list(self.client.diagnostics[uri])

    async def codes(self, uri: str, *codes: str) -> list[types.Diagnostic]:
        """The findings as soon as their errors and failures have these codes, in order."""
        return serious(await self.until(uri, lambda found: [each.code for each in serious(found)] == list(codes)))

    def words(self, uri: str, range: types.Range) -> str:
        """The text of a range."""
        return self.texts[uri][offset(self.texts[uri], range.start) : offset(self.texts[uri], range.end)]

    def applied(self, uri: str, edits: list[types.TextEdit]) -> str:
        """The text after edits of the server."""
        text = self.texts[uri]
        spans = [(offset(text, edit.range.start), offset(text, edit.range.end), edit.new_text) for edit in edits]
        for start, end, after in sorted(spans, reverse=True):
            text = text[:start] + after + text[end:]
        return text


def serious(found: list[types.Diagnostic]) -> list[types.Diagnostic]:
    return [each for each in found if each.severity == types.DiagnosticSeverity.Error]


def position(text: str, offset: int) -> types.Position:
    """A place as the protocol counts: in UTF-16 code units."""
    line = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    return types.Position(line, len(text[start:offset].encode("utf-16-le")) // 2)


def offset(text: str, position: types.Position) -> int:
    lines = text.split("\n")
    if position.line >= len(lines):
        return len(text)
    line = lines[position.line].encode("utf-16-le")[: 2 * position.character].decode("utf-16-le")
    return sum(len(each) + 1 for each in lines[: position.line]) + len(line)
