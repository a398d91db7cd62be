"""A rule set as an editor sees it: the rule files of a folder, those that are open as they stand in the editor."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from duly.diagnostics import Diagnostic
from duly.lint.findings import findings
from duly.lsp.settings import lint_settings
from duly.meaning.check import Checked, check
from duly.meaning.rule_set import prelude
from duly.source import Source
from duly.syntax.limits import LIMITS, decode
from duly.syntax.parse import Parsed, parse
from duly.vocabulary.tracking_plan import TrackingPlan, plan_beside

SUFFIX = ".duly"
_MOST_FOLDERS = 2_000
_PASSED_OVER = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Analysis:
    """
    A look at a whole rule set: the texts it was about, what they mean, and what checker and linter found.

    `trouble` says what kept the linter from running, or its settings from being used; the checker ran nevertheless.
    """

    checked: Checked
    texts: Mapping[str, str]
    found: Mapping[str, list[Diagnostic]]
    trouble: str = ""

    @property
    def sound(self) -> bool:
        """Whether the rule set could be published."""
        return not any(each.severity is each.severity.ERROR for each in self.checked.diagnostics)


@dataclass(slots=True)
class Folder:
    """
    One rule set. `root` is None for a text that is no file: then it is a rule set of its own.

    Names of files are relative to `root`. What did not change since the last look is not read or parsed again.
    """

    root: Path | None
    analysis: Analysis | None = None
    _parsed: dict[str, Parsed] = field(default_factory=dict)
    _plans: dict[Path, tuple[tuple[int, int], TrackingPlan]] = field(default_factory=dict)
    _disk: dict[Path, tuple[tuple[int, int], str | None]] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        """What a file of the folder is called in messages."""
        return path.relative_to(self.root).as_posix() if self.root is not None else path.name

    def look(self, opened: Mapping[str, str], today: date) -> Analysis:
        """Parse, check and lint everything, with `opened` texts in the place of their files. Takes its time."""
        texts = {**self._texts(opened), **opened}
        files = [self._read(name, text) for name, text in sorted(texts.items())]
        self._parsed = {file.source.name: file for file in files}
        checked = check(files, prelude=prelude(), plan_loader=self._plan)
        found: dict[str, list[Diagnostic]] = {name: [] for name in texts}
        written = {name: set(file.diagnostics) for name, file in self._parsed.items()}
        everything, trouble = _everything(checked, today, self.root)
        for diagnostic in everything:
            name = diagnostic.source.name
            if name in found and diagnostic not in written[name]:
                found[name].append(diagnostic)
        return Analysis(checked, texts, found, trouble)

    def _read(self, name: str, text: str) -> Parsed:
        known = self._parsed.get(name)
        return known if known is not None and known.source.text == text else parse(Source(name, text))

    def _texts(self, opened: Mapping[str, str]) -> dict[str, str]:
        """The files on disk that are not open and can be read."""
        if self.root is None:
            return {}
        named = {self.name(path): path for path in rule_files(self.root)}
        read = {name: self._text(name, path) for name, path in named.items() if name not in opened}
        return {name: text for name, text in read.items() if text is not None}

    def _text(self, name: str, path: Path) -> str | None:
        try:
            stamp = _stamp(path)
            if path not in self._disk or self._disk[path][0] != stamp:
                with path.open("rb") as file:
                    source = decode(name, file.read(LIMITS.file_bytes + 1))
                self._disk[path] = stamp, source.text if isinstance(source, Source) else None
        except OSError:
            return None
        return self._disk[path][1]

    def _plan(self, rule_file: str, written: str) -> TrackingPlan:
        path = (self.root or Path()) / Path(rule_file).parent / written
        stamp = _stamp(path)
        if path not in self._plans or self._plans[path][0] != stamp:
            self._plans[path] = stamp, plan_beside(str((self.root or Path()) / rule_file), written)
        return self._plans[path][1]


def _everything(checked: Checked, today: date, root: Path | None) -> tuple[Sequence[Diagnostic], str]:
    chosen, trouble = lint_settings(root)
    try:
        return findings(checked, today, chosen), trouble
    except Exception as error:  # noqa: BLE001 - a fault of one lint rule must not take errors out of sight
        return checked.diagnostics, f"the linter failed: {error!r}"


def _stamp(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_mtime_ns, state.st_size


def rule_files(root: Path) -> Iterable[Path]:
    """The rule files in a folder and below; where there are very many folders, only in the first 2,000 of them."""
    for number, (at, folders, files) in enumerate(os.walk(root)):
        if number >= _MOST_FOLDERS:
            return
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        yield from (Path(at, name) for name in sorted(files) if name.endswith(SUFFIX) and not name.startswith("."))


def root_of(path: Path, workspaces: Iterable[Path], holding: Container[Path] = ()) -> Path:
    """
    The folder of the rule set to which a file belongs: the highest above it that itself holds rule files and lies in
    a workspace, or else its own. `holding` are folders that hold some, though perhaps not on disk yet.
    """
    inside = [each for each in workspaces if path.is_relative_to(each)]
    above = [folder for folder in path.parents if any(folder.is_relative_to(each) for each in inside)]
    held = [folder for folder in above if folder in holding or _has_rules(folder)]
    return held[-1] if held else path.parent


def _has_rules(folder: Path) -> bool:
    try:
        return any(entry.name.endswith(SUFFIX) for entry in os.scandir(folder))
    except OSError:
        return False
