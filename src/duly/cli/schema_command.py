"""`duly schema`: tracking plans."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from duly.cli.failure import Failure, reason
from duly.report.findings import counted

if TYPE_CHECKING:
    from duly.vocabulary.inference import Inference

STDIN = "-"
_SHOWN = 10
_STRIDE = 2_000
"""How many lines go by between two looks at the progress bar."""


@click.group("schema")
def command() -> None:
    """Make tracking plans."""


@command.command("infer")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to the output."
)
@click.option("--name", default="Recorded events", show_default=True, help="What to call the plan.")
def infer(files: tuple[str, ...], output: Path | None, name: str) -> int:
    """Make a tracking plan out of recorded events.

    FILE has a JSON event in the shape of the Segment specification on each line, may be packed with gzip, and may be -
    for the standard input. The plan has every event with the properties it was seen with, their types (several where
    they differ), those that were always there as required, and the values of texts that have only a few. Look it
    through: it knows what was recorded, not what was meant.

    The exit code is 1 when lines were no events, 2 when a file broke off.
    """
    from duly.vocabulary.inference import Inference

    seen = Inference()
    refused, broken = _read(files, seen)
    text = seen.plan(name)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)
    events = counted(seen.names, "kind") + " of events"
    click.echo(f"{counted(seen.events, 'event')} read, {events}, {seen.passed_over:,} of other types", err=True)
    if broken:
        raise Failure("not everything could be read", details=tuple(broken))
    return int(bool(refused))


def _read(files: Sequence[str], seen: Inference) -> tuple[int, list[str]]:
    """See every event; how many lines were none, and which files ended early and why."""
    from duly.cli.ingest.lines import Broken, Lines
    from duly.cli.ingest.progress import progress

    refused, before, broken = 0, 0, []
    with ExitStack() as opened:
        inputs = [(name, _open(name, opened)) for name in files]
        with progress(_size(files)) as show:
            for name, file in inputs:
                lines = Lines(file)
                try:
                    for number, line in enumerate(lines, 1):
                        refused += _see(line, seen, f"{name}:{number}", refused)
                        if number % _STRIDE == 0:
                            show(before + lines.read, seen.events)
                except Broken as error:
                    broken.append(f"{name}: {error}")
                before += lines.read
    if refused > _SHOWN:
        click.echo(f"{refused - _SHOWN:,} more lines are no events", err=True)
    return refused, broken


def _see(line: bytes | None, seen: Inference, place: str, refused: int) -> int:
    """Learn from one line; 1 when there is no event in it. The first few such lines are shown."""
    import msgspec

    if line is not None and not line.strip():
        return 0
    try:
        event: Any = None if line is None else msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        event = None
    if isinstance(event, dict):
        seen.see(event)
        return 0
    if refused < _SHOWN:
        click.echo(f"{place}: {'the line is too long' if line is None else 'not a JSON object'}", err=True)
    return 1


def _open(name: str, opened: ExitStack) -> BinaryIO:
    try:
        return sys.stdin.buffer if name == STDIN else opened.enter_context(Path(name).open("rb"))
    except OSError as error:
        raise Failure(f"cannot read {name}: {reason(error)}") from error


def _size(files: Sequence[str]) -> int | None:
    return None if STDIN in files else sum(Path(name).stat().st_size for name in files)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Failure(f"cannot write {path}: {reason(error)}") from error
