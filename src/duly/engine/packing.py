"""
MessagePack for what holds values of others: JSON has numbers that MessagePack has not.

A whole number beyond 64 bits is kept as the nearest double, and as its digits where no double is near.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

_encode = msgspec.msgpack.Encoder().encode
_LEAST, _MOST = -(1 << 63), (1 << 64) - 1


def packed(record: object) -> bytes:
    """The record as MessagePack."""
    try:
        return _encode(record)
    except OverflowError:
        return _encode(_that_fits(msgspec.to_builtins(record, builtin_types=(bytes,))))


def _that_fits(value: Any) -> Any:
    """The same with other numbers where they are too large; as deep as an event may be nested."""
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return _near(value)
    if isinstance(value, Mapping):
        return {name: _that_fits(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_that_fits(item) for item in value]
    return value


def _near(number: int) -> float | str:
    try:
        return float(number)
    except OverflowError:
        return str(number)
