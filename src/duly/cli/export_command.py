"""`duly export`: everything that is kept about a person."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from duly.cli.connecting import Server, connection
from duly.cli.failure import Failure, reason
from duly.cli.ingest.progress import progress
from duly.cli.person import Person, person

if TYPE_CHECKING:
    from duly.v1.user_service_pb2 import ExportRecord

_ONLY_MINE = 0o600
"""Personal data are nobody else's business."""


@click.command("export")
@person
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file instead.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array instead of an object on each line.")
@connection
def command(server: Server, person: Person, output: Path | None, as_json: bool) -> None:
    """Export everything that is kept about USER, by any id of theirs: a JSON object on each line.

    First the user with all that waits, then relations, histories, events, decisions and outcomes. The exit code is 1
    when nothing is kept about them. A token needs the scope admin.
    """
    with _opened(output) as file, server.client(timeout=60.0) as client, person.demanded():
        _write(client.export_user(**person.ids), file, as_json)


def _write(records: Iterable[ExportRecord], file: TextIO, as_json: bool) -> None:
    from google.protobuf.json_format import MessageToJson

    before, between, after = ("[\n", ",\n", "\n]\n") if as_json else ("", "\n", "\n")
    with progress(None, "records") as advance:
        for count, record in enumerate(records, 1):
            text = MessageToJson(record, preserving_proto_field_name=True, ensure_ascii=False, indent=None)
            file.write((before if count == 1 else between) + text)
            advance(count, count)
    file.write(after)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Where to write: a file is whole or not there, and only its owner may read it."""
    if output is None:
        yield sys.stdout
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_MINE)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor has no path
            yield file
        partial.replace(output)
    except OSError as error:
        raise Failure(f"cannot write {output}: {reason(error)}") from error
    finally:
        partial.unlink(missing_ok=True)
