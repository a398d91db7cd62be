"""Where a name is declared and used, and giving it another one everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from lsprotocol import types
from pygls.workspace import PositionCodec

from duly.diagnostics import Edit
from duly.lsp.folder import Folder
from duly.lsp.occurrences import Occurrence, occurrences
from duly.lsp.page import Page, Placed
from duly.lsp.text import Text
from duly.meaning.rule_set import PRELUDE, prelude
from duly.source import Source, Span
from duly.syntax import nodes
from duly.syntax.parse import parse
from duly.vocabulary.words import name_of_file

RENAMED = ("rule", "segment", "category", "relation", "user")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Place:
    """An occurrence and the page it stands in, with its span there."""

    page: Page
    placed: Placed
    occurrence: Occurrence

    @property
    def span(self) -> Span:
        """Where it stands in its page."""
        return self.placed.span(self.occurrence.span)


class Refused(ValueError):
    """Something cannot be renamed; the message says why."""


def name_at(page: Page, offset: int) -> Place | None:
    """The name under the cursor, or just before it."""
    placed = page.at(offset)
    if placed is None:
        return None
    inner = offset - placed.start
    found = [each for each in placed.piece.occurrences if each.span.start <= inner <= each.span.end]
    return Place(page, placed, found[-1]) if found else None


def places(pages: Iterable[Page], wanted: Place) -> Iterator[Place]:
    """All places of the same name; users of a test are looked for only in it."""
    name = wanted.occurrence.name
    if wanted.occurrence.kind == "user":
        yield from _within(wanted.page, wanted.placed, wanted.occurrence)
        return
    for page in pages:
        if not _may_hold(page.text.text, name):
            continue
        for placed in page.placed():
            if _may_hold(placed.piece.text, name):
                yield from _within(page, placed, wanted.occurrence)


def _may_hold(text: str, name: str) -> bool:
    """Whether a name may be in a text; an event name may be written with more spaces, or escaped."""
    return name.split(" ", 1)[0].split('"', 1)[0] in text or "\\" in text


def _within(page: Page, placed: Placed, wanted: Occurrence) -> Iterator[Place]:
    for each in placed.piece.occurrences:
        if each.kind == wanted.kind and each.name == wanted.name:
            yield Place(page, placed, each)


def declared(pages: Iterable[Page]) -> Iterator[tuple[str, str]]:
    """The kind and name of every declaration that can be read, whether it makes sense or not."""
    for page in pages:
        for piece in page.pieces:
            statement = piece.statement
            if isinstance(statement, _DECLARATIONS) and statement.name is not None:
                yield type(statement).__name__.lower(), statement.name.value


_DECLARATIONS = (nodes.Rule, nodes.Segment, nodes.Category, nodes.Relation)


def unnamed(pages: Iterable[Page], name: str) -> Iterator[tuple[Page, Placed]]:
    """The rule that has its name from its file."""
    for page in pages:
        if name_of_file(page.name) == name:
            for placed in page.placed():
                if isinstance(placed.piece.statement, nodes.Rule) and placed.piece.statement.name is None:
                    yield page, placed


def given(codec: PositionCodec, kind: str, name: str) -> types.Location | None:
    """Where the prelude declares a name."""
    file = Path(str(resources.files("duly.vocabulary").joinpath(PRELUDE)))
    text = prelude().source.text
    for statement in prelude().statements:
        for each in occurrences(statement):
            if each.declares and each.kind == kind and each.name == name and file.is_file():
                return types.Location(file.as_uri(), Text(text, codec).range(each.span))
    return None


def planned(folder: Folder, pages: Iterable[Page], codec: PositionCodec, event: str) -> list[types.Location]:
    """Where the tracking plans in use describe an event."""
    found = []
    for path in _plans(folder, pages):
        try:
            text = path.read_text("utf-8")
        except (OSError, ValueError):
            continue
        start = max(text.find(json.dumps(event)), text.find(json.dumps(event, ensure_ascii=False)))
        if start >= 0:
            found.append(
                types.Location(path.as_uri(), Text(text, codec).range(Span(start + 1, start + 1 + len(event))))
            )
    return found


def _plans(folder: Folder, pages: Iterable[Page]) -> Iterator[Path]:
    root = folder.root
    statements = ((page, placed.piece.statement) for page in pages for placed in page.placed())
    for page, statement in statements:
        if isinstance(statement, nodes.Use) and root is not None:
            yield ((root / page.name).parent / statement.file.value).absolute()


def renamed(pages: Iterable[Page], wanted: Place, name: str) -> dict[str, tuple[Page, list[Edit]]]:
    """
    The edits that rename, by file. Raises `Refused` when the new name is none or is taken, when the old one is not
    declared in these files or also stands in statements with errors, and when what comes out would not be understood.
    """
    pages = list(pages)
    old = wanted.occurrence
    _refuse_name(name)
    found = list(places(pages, wanted))
    if old.kind != "user":
        _refuse_place(pages, found, old, name)
    edits: dict[str, tuple[Page, list[Edit]]] = {}
    for place in found:
        edits.setdefault(place.page.name, (place.page, []))[1].append(Edit(place.span, name))
    for page, changes in edits.values():
        _refuse_result(page, changes, name)
    return edits


def _refuse_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise Refused(f"`{name}` is not a name: use lower-case letters, digits and _, starting with a letter")


def _refuse_place(pages: list[Page], found: list[Place], old: Occurrence, name: str) -> None:
    if not any(place.occurrence.declares for place in found):
        raise Refused(f"the {old.kind} `{old.name}` is not declared in these files")
    new = Occurrence(old.kind, name, old.span)
    if name != old.name and any(
        each.declares for page in pages for placed in page.placed() for each in _named(placed, new)
    ):
        raise Refused(f"there is a {old.kind} `{name}` already")
    word = re.compile(rf"\b{re.escape(old.name)}\b")
    for page in pages:
        for placed in page.placed():
            if placed.piece.parsed.diagnostics and word.search(placed.piece.text):
                line = page.text.line_of(placed.start) + 1
                raise Refused(f"`{old.name}` also stands in a statement with errors, at {page.name}:{line}")


def _named(placed: Placed, wanted: Occurrence) -> Iterator[Occurrence]:
    if wanted.name in placed.piece.text:
        yield from (o for o in placed.piece.occurrences if o.kind == wanted.kind and o.name == wanted.name)


def _refuse_result(page: Page, edits: list[Edit], name: str) -> None:
    text = page.text.text
    before = len(parse(page.source).diagnostics)
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    if len(parse(Source(page.name, text)).diagnostics) > before:
        raise Refused(f"`{name}` is a word of the language and cannot stand everywhere that name does")
