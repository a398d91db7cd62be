"""`duly backup`: copies the store into one file, of a running service or of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from duly.cli.connecting import Server, connection, folder_of_tenant
from duly.cli.failure import Failure, reason


@click.command("backup")
@click.argument("destination", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Copy the store in this folder, which no service has open, instead of a service's.",
)
@connection
def command(server: Server, destination: Path, data: Path | None) -> None:
    """Copy everything that a running service keeps into the file DESTINATION, a tar archive.

    The service goes on; what it acknowledged before is in the copy. A token needs the scope admin. The copy is of one
    tenant, the default one without --tenant.
    """
    if destination.exists():
        raise Failure(f"{destination} exists already")
    if data is not None:
        size = _write(destination, _of_folder(folder_of_tenant(data, server.tenant)))
    else:
        with server.client(timeout=60.0) as client:
            size = _write(destination, client.backup())
    click.echo(f"wrote {destination}, {size:,} bytes; `duly restore` makes a store of it")


def _write(destination: Path, parts: Iterable[bytes]) -> int:
    """Write a file that is whole or not there; how long it is."""
    partial = destination.with_name(destination.name + ".partial")
    try:
        with partial.open("wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        partial.rename(destination)
        return size
    except OSError as error:
        raise Failure(f"cannot write {destination}: {reason(error)}") from error
    finally:
        partial.unlink(missing_ok=True)


def _of_folder(data: Path) -> Iterator[bytes]:
    from tempfile import TemporaryDirectory

    from duly.engine.store import StoreError
    from duly.service.admin import archive
    from duly.stores.open import open_store

    if not data.is_dir():
        raise Failure(f"there is no folder {data}")
    try:
        store = open_store(str(data))
        with TemporaryDirectory(dir=data) as folder:
            try:
                store.backup(f"{folder}/copy")
            finally:
                store.close()
            yield from archive(Path(folder, "copy"))
    except StoreError as error:
        raise Failure(str(error)) from error
