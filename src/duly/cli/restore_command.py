"""`duly restore`: makes a store of a backup."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import click

from duly.cli.connecting import folder_of_tenant, tenant_option
from duly.cli.failure import Failure, reason


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default="./.duly",
    envvar="DULY_DATA",
    show_default=True,
    metavar="DIR",
    help="The folder to make, which must be empty or not there.",
)
@tenant_option("Make the store of this tenant, within the folder.")
def command(source: Path, data: Path, tenant: str) -> None:
    """Make a store of SOURCE, a file that `duly backup` wrote.

    The default tenant's store comes first, those of others into the same folder.
    """
    data = folder_of_tenant(data, tenant)
    if data.exists() and any(data.iterdir()):
        raise Failure(f"{data} is not empty", "restore into a new folder, then serve with --data")
    fresh = data.with_name(data.name + ".partial")
    try:
        fresh.mkdir(parents=True)
        _unpack(source, fresh)
        keys = _checked(fresh)
        if data.exists():
            data.rmdir()
        fresh.rename(data)
    except OSError as error:
        raise Failure(f"cannot write {data}: {reason(error)}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    click.echo(f"restored {source} to {data}, about {keys:,} records")


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:") as archive:
            for entry in archive:
                _unpack_file(archive, entry, folder)
    except tarfile.TarError as error:
        raise Failure(f"{source} is not a backup: {error}") from error


def _unpack_file(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    content = archive.extractfile(entry) if entry.isfile() and Path(entry.name).name == entry.name else None
    if content is None:
        raise Failure(f"`{entry.name}` does not belong into a backup")
    with content, (folder / entry.name).open("wb") as target:
        shutil.copyfileobj(content, target)


def _checked(folder: Path) -> int:
    """About how many records the store has; ends the command when it does not open."""
    from duly.engine.store import StoreError
    from duly.stores.open import open_store

    if not (folder / "CURRENT").exists():
        raise Failure("the backup is not whole")
    try:
        store = open_store(str(folder))
        keys = store.stats()["keys"]
        store.close()
    except StoreError as error:
        raise Failure(f"the backup does not open: {error}") from error
    return keys
