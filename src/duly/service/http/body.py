"""The bodies of requests: read within bounds, and unpacked within bounds."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator

from duly.service.http.refusals import NotJson, TooLarge, TooSlow, UnknownEncoding

LARGEST = 500 * 1024
"""Bytes of a batch, packed or not: Segment's 500 KB. Its SDKs fill a batch up to 508,000 bytes."""

_SECONDS = 30.0
"""How long a body may take to arrive."""

_MOST_DISCARDED = 16 * 1024 * 1024
_GZIP = zlib.MAX_WBITS | 16


class Inflow:
    """
    The body of one request while it arrives.

    What is not wanted is read all the same, up to a bound: a client that is still sending when the connection closes
    sees the connection fail instead of the answer, and tries again.
    """

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    async def read(self) -> bytes:
        """All of it; raises `TooLarge` or `TooSlow`."""
        body = bytearray()
        try:
            async with asyncio.timeout(_SECONDS):
                async for chunk in self._chunks:
                    body += chunk
                    if len(body) > LARGEST:
                        raise _too_large()
        except TimeoutError:
            raise TooSlow(f"the body did not arrive within {_SECONDS:g} seconds") from None
        return bytes(body)

    async def discard(self) -> None:
        """Read the rest and forget it."""
        left = _MOST_DISCARDED
        try:
            async with asyncio.timeout(_SECONDS):
                async for chunk in self._chunks:
                    left -= len(chunk)
                    if left < 0:
                        return
        except TimeoutError:
            return


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body as it was before its Content-Encoding; raises `NotJson`, `TooLarge` or `UnknownEncoding`."""
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise UnknownEncoding("the Content-Encoding is not understood; send gzip, or send it as it is")
    text = bytearray()
    try:
        # A gzip file may have several members, one after the other.
        while body:
            member = zlib.decompressobj(_GZIP)
            text += member.decompress(body, LARGEST + 1 - len(text))
            if len(text) > LARGEST:
                raise _too_large()
            if not member.eof:
                raise NotJson("the body is gzip that breaks off")
            body = member.unused_data
    except zlib.error:
        raise NotJson("the body is not gzip, although its Content-Encoding says so") from None
    return bytes(text)


def _too_large() -> TooLarge:
    return TooLarge(f"a batch may have {LARGEST} bytes; send fewer events at a time")
