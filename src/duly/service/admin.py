"""Looks after the running server: copies of its store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tarfile import BLOCKSIZE, TarInfo
from tempfile import gettempdir
from threading import Lock
from uuid import uuid4

import grpc

from duly.engine.store import Store
from duly.service.errors import Overloaded
from duly.v1 import admin_service_pb2 as pb

_CHUNK = 256 * 1024


class Admin:
    """
    The methods of `AdminService`.

    `folder` is where the store keeps its files: a copy made inside it links them. None for a store without files.
    """

    def __init__(self, store: Store, folder: Path | None) -> None:
        self._store, self._folder = store, folder or Path(gettempdir())
        self._turn = Lock()

    def Backup(self, request: pb.BackupRequest, context: grpc.ServicerContext) -> Iterator[pb.BackupResponse]:  # noqa: N802
        if not self._turn.acquire(blocking=False):
            raise Overloaded("a backup is being made; try again when it is done", retry_after=10.0)
        copy = self._folder / f"backup-{uuid4().hex}"
        try:
            self._store.backup(str(copy))
            yield from (pb.BackupResponse(content=content) for content in archive(copy))
        finally:
            shutil.rmtree(copy, ignore_errors=True)
            self._turn.release()


def archive(folder: Path) -> Iterator[bytes]:
    """The files of a folder as a tar archive, piece by piece."""
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        entry = TarInfo(file.name)
        entry.size, entry.mode = file.stat().st_size, 0o600
        yield entry.tobuf()
        yield from _content(file, entry.size)
    yield bytes(2 * BLOCKSIZE)


def _content(file: Path, size: int) -> Iterator[bytes]:
    left = size
    with file.open("rb") as source:
        while left > 0 and (chunk := source.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
    yield bytes(left + -size % BLOCKSIZE)
