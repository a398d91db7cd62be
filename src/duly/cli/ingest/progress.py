"""How far a long command is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

_EVERY = 10.0
"""Seconds between two lines."""


class Progress(Protocol):
    """Is told how many bytes of the files are done, and how many events, or other things, that was."""

    def __call__(self, done: int, events: int) -> None: ...


@contextmanager
def progress(total: int | None, things: str = "events") -> Iterator[Progress]:
    """Shows progress on standard error; `total` bytes are to be read, None when nobody knows."""
    if not sys.stderr.isatty():
        yield _Lines(total, things)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = [BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[events]}"), TimeRemainingColumn()]
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, events="")

        def advance(done: int, events: int) -> None:
            bar.update(task, completed=done, events=_rate(events, started, things))

        yield advance


class _Lines:
    def __init__(self, total: int | None, things: str) -> None:
        self._total, self._things = total, things
        self._started = self._last = time.monotonic()

    def __call__(self, done: int, events: int) -> None:
        now = time.monotonic()
        if now - self._last >= _EVERY:
            self._last = now
            part = f"{done / self._total:.0%}, " if self._total else ""
            click.echo(f"{part}{_rate(events, self._started, self._things)}", err=True)


def _rate(events: int, started: float, things: str) -> str:
    passed = max(time.monotonic() - started, 0.001)
    return f"{events:,} {things}, {events / passed:,.0f}/s"
