"""Messages that hold others, taken apart and put together without reading what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from duly.native import LOADED

if LOADED:
    from duly import _native


def split(message: bytes) -> tuple[list[bytes], int] | None:
    """
    The items of a message, its repeated field 1, and the number in its field 2, 0 where there is none.

    None for a message that has other fields or is none: it has to be parsed.
    """
    return _native.split(message) if LOADED else None


def joined(items: Sequence[bytes]) -> bytes:
    """A message with these items in its field 1."""
    if LOADED:
        return _native.joined(list(items))
    return b"".join(part for item in items for part in (b"\x0a", _varint(len(item)), item))


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
