"""`duly ingest`: files of events into a service."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from duly.cli.connecting import Server, connection
from duly.cli.failure import Failure, reason

if TYPE_CHECKING:
    from duly.cli.ingest.batches import Batch
    from duly.cli.ingest.tally import Tally
    from duly.client import Client
    from duly.v1.event_service_pb2 import IngestRequest

STDIN = "-"


@click.command("ingest")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--history", is_flag=True, help="Load without deciding: relations, traits and counts follow, no notifications."
)
@click.option(
    "--batch",
    type=click.IntRange(1, 5000),
    default=500,
    show_default=True,
    metavar="N",
    help="How many events to send at a time.",
)
@click.option(
    "--window",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    metavar="N",
    help="How many batches may be under way.",
)
@click.option(
    "--ignore-unknown",
    is_flag=True,
    help="Ignore fields that the Segment format does not have, instead of refusing the line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@connection
def command(
    server: Server,
    files: tuple[str, ...],
    history: bool,
    batch: int,
    window: int,
    ignore_unknown: bool,
    as_json: bool,
) -> int:
    """Take in events from files.

    FILE has a JSON event in the shape of the Segment specification on each line, may be packed with gzip, and may be -
    for the standard input. Lines that are no event are reported and do not stop the others. After an interruption run
    the same command again: the service knows by their messageId the events that it has already. `sentAt` is ignored,
    because a file is not sent when it was written.

    The exit code is 1 when lines were refused, 2 when a file broke off or the service was not there.
    """
    from duly.cli.ingest.tally import Tally

    tally, started = Tally(), time.monotonic()
    with ExitStack() as opened:
        run = _Run(tally, _open(files, opened), batch, history, ignore_unknown)
        try:
            # Whatever ends the run, people want to know how far it came.
            with server.client() as client:
                run.send(client, window)
        finally:
            _print(tally, time.monotonic() - started, as_json)
    if run.broken:
        raise Failure("not everything could be read", details=tuple(run.broken))
    return int(not tally.clean)


def _open(names: Sequence[str], opened: ExitStack) -> list[tuple[str, BinaryIO]]:
    """All files, before the first event is sent: a name that is wrong should be known at once."""
    files: list[tuple[str, BinaryIO]] = []
    for name in names:
        try:
            files.append(("<stdin>", sys.stdin.buffer) if name == STDIN else (name, _opened(Path(name), opened)))
        except OSError as error:
            raise Failure(f"cannot read {name}: {reason(error)}") from error
    return files


def _opened(path: Path, opened: ExitStack) -> BinaryIO:
    return opened.enter_context(path.open("rb"))


def _size(files: Sequence[tuple[str, BinaryIO]]) -> int | None:
    sizes = [Path(name).stat().st_size if file is not sys.stdin.buffer else 0 for name, file in files]
    return sum(sizes) if all(sizes) else None


@dataclass(slots=True)
class _Run:
    """One pass over the files. `broken` are the files that ended early, and why."""

    tally: Tally
    files: list[tuple[str, BinaryIO]]
    size: int
    history: bool
    lenient: bool
    broken: list[str] = field(default_factory=list)
    _waiting: deque[Batch] = field(default_factory=deque)
    _read_before: int = 0

    def send(self, client: Client, window: int) -> None:
        """Send everything, and count the answers."""
        from duly.cli.ingest.progress import progress

        with progress(_size(self.files)) as show:
            for response in client.ingest_stream(self._requests(), window=window):
                batch = self._waiting.popleft()
                self.tally.count(batch, response.results)
                show(batch.read, self.tally.acknowledged)

    def _requests(self) -> Iterator[IngestRequest]:
        for batch in self._batches():
            self._waiting.append(batch)
            yield batch.request(self.history)

    def _batches(self) -> Iterator[Batch]:
        from duly.cli.ingest.batches import Reading
        from duly.cli.ingest.lines import Lines

        for name, file in self.files:
            reading = Reading(name, Lines(file), self.size, self.lenient)
            for batch in reading:
                self.tally.refuse(reading.refusals)
                batch.read += self._read_before
                yield batch
            self.tally.refuse(reading.refusals)
            self._read_before += reading.lines.read
            if reading.broken:
                self.broken.append(f"{name}: {reading.broken}")


def _print(tally: Tally, seconds: float, as_json: bool) -> None:
    if as_json:
        from json import dumps

        click.echo(dumps(tally.json(), ensure_ascii=False))
    else:
        click.echo(tally.text(seconds), nl=False)
