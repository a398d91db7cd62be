"""Waits for files to change, as the operating system tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from duly.cli.failure import Failure
from duly.cli.rule_files import SUFFIX

_SUFFIXES = frozenset({SUFFIX, ".json"})
"""Rule files and tracking plans."""


def changes(paths: Iterable[str]) -> Iterator[None]:
    """
    One item at the start, and one after each change of a rule file or tracking plan; ends with an interrupt.

    Raises `Failure` when the library that listens is not installed.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise Failure("--watch needs a library that is not installed", "pip install 'duly[watch]'") from error
    given = [Path(path).absolute() for path in paths]
    folders = {path if path.is_dir() else path.parent for path in given}

    def concerns(_change: object, name: str) -> bool:
        path = Path(name)
        return path in given or path.suffix in _SUFFIXES

    yield
    recursive = any(path.is_dir() for path in given)
    yield from (None for _ in watch(*folders, watch_filter=concerns, recursive=recursive, raise_interrupt=False))
