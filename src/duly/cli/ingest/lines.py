"""The lines of a file, packed with gzip or not, as far as it can be read."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 256 * 1024
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST = 1024 * 1024
"""The most bytes of a line that are looked at; the service takes 32 KB."""


class Broken(Exception):
    """The file ends or breaks in the middle. `rest` is what there is of the line at that place."""

    def __init__(self, message: str, rest: bytes = b"") -> None:
        super().__init__(message)
        self.rest = rest


@dataclass(slots=True)
class Lines:
    """
    Iterates over the lines of a file, without their breaks; None stands for one that is too long.

    Raises `Broken` after the last whole line. `read` is how many bytes of the file have been taken so far, before they
    are unpacked.
    """

    file: BinaryIO
    read: int = 0

    def __iter__(self) -> Iterator[bytes | None]:
        tail, skipping = b"", False
        try:
            for chunk in self._text():
                first, *others = chunk.split(b"\n")
                tail += b"" if skipping else first
                if others:
                    yield None if skipping or len(tail) > LONGEST else tail
                    yield from others[:-1]
                    tail, skipping = others[-1], False
                if len(tail) > LONGEST:
                    tail, skipping = b"", True
        except Broken as broken:
            broken.rest = tail
            raise
        if tail or skipping:
            yield None if skipping else tail

    def _text(self) -> Iterator[bytes]:
        first = self._chunk()
        yield from self._unpacked(first) if first.startswith(_GZIP) else self._plain(first)

    def _chunk(self) -> bytes:
        chunk = self.file.read(_CHUNK)
        self.read += len(chunk)
        return chunk

    def _plain(self, chunk: bytes) -> Iterator[bytes]:
        chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
        while chunk:
            yield chunk
            chunk = self._chunk()

    def _unpacked(self, chunk: bytes) -> Iterator[bytes]:
        """What several gzip members one after another hold."""
        unpacker = zlib.decompressobj(wbits=31)
        begun = False
        while chunk:
            begun = True
            try:
                text = unpacker.decompress(chunk, _CHUNK * 16)
            except zlib.error as error:
                raise Broken(f"it is damaged after {self.read:,} bytes ({error})") from error
            if text:
                yield text
            chunk = unpacker.unconsumed_tail
            if unpacker.eof:
                # Some programs fill the last block with zeros.
                chunk, unpacker, begun = unpacker.unused_data.lstrip(b"\0"), zlib.decompressobj(wbits=31), False
            while not chunk and (more := self._chunk()):
                chunk = more if begun else more.lstrip(b"\0")
        if begun:
            raise Broken(f"it is cut off after {self.read:,} bytes: the end of the gzip file is missing")
