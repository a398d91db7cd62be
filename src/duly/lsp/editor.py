"""What an editor has open, and the rule sets these files belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec

from duly.lsp.folder import Analysis, Folder, root_of
from duly.lsp.page import Page
from duly.lsp.text import Text


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file, by the address the editor knows it under, and its rule set."""

    uri: str
    page: Page
    folder: Folder


@dataclass(slots=True)
class Editor:
    """Everything the server knows. `workspaces` are the folders of the editor, `zones` those a hover shows."""

    codec: PositionCodec = field(default_factory=PositionCodec)
    workspaces: tuple[Path, ...] = ()
    zones: tuple[str, ...] = ()
    opened: dict[str, Opened] = field(default_factory=dict)
    _folders: dict[Path | str, Folder] = field(default_factory=dict)
    _closed: dict[tuple[Path | None, str], Page] = field(default_factory=dict)

    def open(self, uri: str, text: str, version: int | None) -> Opened:
        """Take in a file that was opened."""
        path = _path(uri)
        holding = {known.parent for known in map(_path, self.opened) if known is not None}
        key: Path | str = root_of(path, self.workspaces, holding) if path is not None else uri
        folder = self._folders.setdefault(key, Folder(key if isinstance(key, Path) else None))
        name = folder.name(path) if path is not None else uri.rpartition(":")[2] or uri
        self.opened[uri] = Opened(uri, Page(name, Text(text, self.codec), version), folder)
        return self.opened[uri]

    def close(self, uri: str) -> Folder | None:
        """Forget a file that was closed; its rule set goes on while other files of it are open."""
        gone = self.opened.pop(uri, None)
        return gone.folder if gone is not None else None

    def folders(self) -> list[Folder]:
        """The rule sets with an open file."""
        return list({id(each.folder): each.folder for each in self.opened.values()}.values())

    def texts(self, folder: Folder) -> dict[str, str]:
        """The texts of the open files of a rule set, by name."""
        return {each.page.name: each.page.text.text for each in self._of(folder)}

    def learn(self, folder: Folder, analysis: Analysis) -> None:
        """Take in a look at a rule set."""
        folder.analysis = analysis
        for page in self.pages(folder):
            if page.name in analysis.texts:
                page.learn(analysis.texts[page.name], analysis.found[page.name])

    def pages(self, folder: Folder) -> list[Page]:
        """All files of a rule set, the open ones as they stand in the editor."""
        pages = [each.page for each in self._of(folder)]
        names = {page.name for page in pages}
        closed = folder.analysis.texts if folder.analysis is not None else {}
        return pages + [self._page(folder, name, text) for name, text in closed.items() if name not in names]

    def uri(self, folder: Folder, name: str) -> str:
        """The address of a file of a rule set: the editor's own if it is open."""
        for each in self._of(folder):
            if each.page.name == name:
                return each.uri
        return ((folder.root or Path("/")) / name).as_uri()

    def _of(self, folder: Folder) -> Iterator[Opened]:
        return (each for each in self.opened.values() if each.folder is folder)

    def _page(self, folder: Folder, name: str, text: str) -> Page:
        page = self._closed.get((folder.root, name))
        if page is None or page.text.text != text:
            page = self._closed[folder.root, name] = Page(name, Text(text, self.codec))
        return page


def _path(uri: str) -> Path | None:
    """The file behind an address, None for a text that is no file (yet)."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


def workspaces_of(uris: Iterable[str]) -> tuple[Path, ...]:
    """The folders behind addresses."""
    return tuple(path for path in map(_path, uris) if path is not None)


def today_of(microseconds: int) -> date:
    """The UTC date of an instant."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + microseconds // 86_400_000_000)
