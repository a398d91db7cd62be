"""Messages that hold others, taken apart and put together without reading what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from duly.native import LOADED

if LOADED:
    from duly import _native


def split(message: bytes) -> list[bytes] | None:
    """The items of a message whose only field is a repeated one with the number 1; None where that has to be parsed."""
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
