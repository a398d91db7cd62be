"""Rule files on this machine: found, read, decoded, and with the tracking plans they use."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duly.cli.failure import Failure, reason
from duly.diagnostics import Diagnostic
from duly.source import Source
from duly.syntax import nodes
from duly.syntax.limits import LIMITS, decode

SUFFIX = ".duly"
STDIN = "-"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file as it was read. `name` is what messages show, `inside` its name in the rule set."""

    name: str
    inside: str
    content: bytes


def read_files(paths: Iterable[str], stdin_name: str = "<stdin>") -> list[RuleFile]:
    """
    The rule files that are named or lie in the folders that are named, each once, those of a folder by name.

    `-` is the standard input. Raises `Failure` when one cannot be read or a folder has none.
    """
    found: dict[str, RuleFile] = {}
    for path in paths:
        if path == STDIN:
            found[stdin_name] = RuleFile(stdin_name, stdin_name, sys.stdin.buffer.read(LIMITS.file_bytes + 1))
            continue
        for file, inside in _files(Path(path)):
            found.setdefault(str(file), RuleFile(str(file), inside, _content(file)))
    return list(found.values())


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if not path.is_dir():
        yield path, path.with_suffix(SUFFIX).name
        return
    listed = sorted(file for file in path.rglob(f"*{SUFFIX}") if file.is_file() and not _hidden(file, path))
    if not listed:
        raise Failure(f"there are no {SUFFIX} files in {path}")
    for file in listed:
        yield file, file.relative_to(path).as_posix()


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _content(file: Path) -> bytes:
    """The bytes of a file, no more of them than it takes to see that it is too long."""
    try:
        with file.open("rb") as opened:
            return opened.read(LIMITS.file_bytes + 1)
    except OSError as error:
        raise Failure(f"cannot read {file}: {reason(error)}") from error


def decoded(files: Iterable[RuleFile]) -> tuple[list[Source], list[Diagnostic]]:
    """The sources, and what keeps the other files from being one."""
    sources: list[Source] = []
    unreadable: list[Diagnostic] = []
    for file in files:
        result = decode(file.name, file.content)
        if isinstance(result, Source):
            sources.append(result)
        else:
            unreadable.append(result)
    return sources, unreadable


def rule_set_files(files: Sequence[RuleFile]) -> Mapping[str, bytes]:
    """What to publish: the rule files by their names in the rule set, and the tracking plans that they use."""
    contents = {file.inside: file.content for file in files}
    for file in files:
        for plan in _plans(file):
            path = Path(file.name).parent / plan
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(file.inside), plan))
            try:
                contents.setdefault(inside, path.read_bytes())
            except OSError as error:
                raise Failure(f"cannot read the tracking plan {path}: {reason(error)}") from error
    return contents


def _plans(file: RuleFile) -> list[str]:
    from duly.syntax.parse import parse

    source = decode(file.name, file.content)
    if not isinstance(source, Source):
        return []
    return [statement.file.value for statement in parse(source).statements if isinstance(statement, nodes.Use)]
