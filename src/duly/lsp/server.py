"""The server: what is open, looking at it again after each edit, and telling the editor what was found."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from duly import __version__
from duly.lsp.editor import Editor, Opened, today_of, workspaces_of
from duly.lsp.findings import shown
from duly.lsp.folder import Analysis, Folder
from duly.timing.zone import known_zones

PAUSE = 0.2
"""Seconds without an edit before the whole rule set is looked at again; the edited statement is, at once."""
_LONGEST_WAIT = 2.0


class Conversation(LanguageServerProtocol):
    """
    The protocol without the library's own copies of open texts.

    They take lines to end where editors do not let them end, as at U+2028, and then move the edit that was sent.
    """

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Iterator[object]:
        """Pass an edit on as it came."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None


class DulyServer(LanguageServer):
    """The language server for rule files."""

    def __init__(self) -> None:
        super().__init__("duly", __version__, protocol_cls=Conversation)
        self.editor = Editor()
        self._wanted: dict[int, int] = {}
        self._looks: dict[int, asyncio.Task[None]] = {}
        self._published: dict[str, int] = {}

    # --- looking ------------------------------------------------------------------------------------------------------

    def look_soon(self, folder: Folder) -> None:
        """See to it that a rule set is looked at when nobody has typed for a moment."""
        key = id(folder)
        self._wanted[key] = self._wanted.get(key, 0) + 1
        if key not in self._looks or self._looks[key].done():
            self._looks[key] = asyncio.get_running_loop().create_task(self._look(folder))

    async def _look(self, folder: Folder) -> None:
        seen = -1
        while seen != self._wanted[id(folder)]:
            seen = await self._pause(folder)
            texts = self.editor.texts(folder)
            if not texts:
                return
            try:
                analysis = await asyncio.to_thread(folder.look, texts, today_of(self.now()))
            except Exception as error:  # noqa: BLE001 - whatever a file holds, the next edit is answered
                self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"duly: {error!r}"))
                return
            self.editor.learn(folder, analysis)
            if analysis.trouble:
                self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"duly: {analysis.trouble}"))
            gc.freeze()  # what is known now stays for long: looking through it for garbage would hold up an edit
            self.publish_folder(folder)

    async def _pause(self, folder: Folder) -> int:
        """Wait until the typing stops, but not forever; the first look is at once. Returns what it will have seen."""
        seen = self._wanted[id(folder)]
        if folder.analysis is None:
            return seen
        for _ in range(int(_LONGEST_WAIT / PAUSE)):
            seen = self._wanted[id(folder)]
            await asyncio.sleep(PAUSE)
            if seen == self._wanted[id(folder)]:
                break
        return self._wanted[id(folder)]

    async def analysis(self, opened: Opened) -> Analysis:
        """The last look at a rule set; waits for the first."""
        if opened.folder.analysis is None:
            self.look_soon(opened.folder)
            await self._looks[id(opened.folder)]
        if opened.folder.analysis is None:
            return opened.folder.look({}, today_of(self.now()))
        return opened.folder.analysis

    async def fresh_analysis(self, opened: Opened) -> Analysis:
        """A look at the rule set as it is now."""
        analysis = opened.folder.analysis
        texts = self.editor.texts(opened.folder)
        if analysis is not None and all(analysis.texts.get(name) == text for name, text in texts.items()):
            return analysis
        return await asyncio.to_thread(opened.folder.look, texts, today_of(self.now()))

    def now(self) -> int:
        """The instant, in microseconds since the Unix epoch."""
        return time.time_ns() // 1_000

    # --- telling ------------------------------------------------------------------------------------------------------

    def publish(self, opened: Opened) -> None:
        """Send the findings of one open file."""
        self._publish(opened.uri, opened)

    def publish_folder(self, folder: Folder) -> None:
        """Send the findings of all files of a rule set, and take back those of files that are gone."""
        told = set()
        for page in self.editor.pages(folder):
            uri = self.editor.uri(folder, page.name)
            self._publish(uri, self.editor.opened.get(uri) or Opened(uri, page, folder))
            told.add(uri)
        for uri in [uri for uri, key in self._published.items() if key == id(folder) and uri not in told]:
            self.forget(uri)

    def _publish(self, uri: str, opened: Opened) -> None:
        found = shown(opened.page.text, opened.page.diagnostics())
        if not found and uri not in self._published and uri not in self.editor.opened:
            return
        self._published[uri] = id(opened.folder)
        params = types.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=opened.page.version)
        self.text_document_publish_diagnostics(params)

    def forget(self, uri: str) -> None:
        """Take back what was said about a file."""
        if self._published.pop(uri, None) is not None:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))


server = DulyServer()


# --- life -------------------------------------------------------------------------------------------------------------


@server.feature(types.INITIALIZE)
def initialize(ls: DulyServer, params: types.InitializeParams) -> None:
    """Learn where the editor works and what it asked for."""
    folders = [folder.uri for folder in params.workspace_folders or []]
    ls.editor.workspaces = workspaces_of(folders or [params.root_uri or ""])
    ls.editor.codec = ls.workspace.position_codec
    options = params.initialization_options
    zones = options.get("zones", []) if isinstance(options, dict) else getattr(options, "zones", [])
    ls.editor.zones = tuple(zone for zone in zones or [] if zone in known_zones())


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def did_change_watched_files(ls: DulyServer, _: types.DidChangeWatchedFilesParams) -> None:
    """Files have changed on disk."""
    for folder in ls.editor.folders():
        ls.look_soon(folder)


# --- documents --------------------------------------------------------------------------------------------------------


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(ls: DulyServer, params: types.DidOpenTextDocumentParams) -> None:
    """A file was opened."""
    document = params.text_document
    opened = ls.editor.open(document.uri, document.text, document.version)
    ls.look_soon(opened.folder)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(ls: DulyServer, params: types.DidChangeTextDocumentParams) -> None:
    """A file was edited: what can be said of its text is said at once, the rest after a pause."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is None:
        return
    text = opened.page.text
    for change in params.content_changes:
        text = text.changed(change)
    opened.page.update(text, params.text_document.version)
    ls.publish(opened)
    ls.look_soon(opened.folder)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
def did_save(ls: DulyServer, params: types.DidSaveTextDocumentParams) -> None:
    """A file was saved; what stands beside it on disk may have changed as well."""
    opened = ls.editor.opened.get(params.text_document.uri)
    if opened is not None:
        ls.look_soon(opened.folder)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def did_close(ls: DulyServer, params: types.DidCloseTextDocumentParams) -> None:
    """A file was closed; what is on disk counts again."""
    uri = params.text_document.uri
    folder = ls.editor.close(uri)
    if folder is None:
        return
    if folder in ls.editor.folders():
        ls.look_soon(folder)
    else:
        for said in [said for said, key in ls._published.items() if key == id(folder)]:  # noqa: SLF001
            ls.forget(said)
