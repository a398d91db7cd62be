"""The published rules as the store keeps them: every version's files, and which one is in force."""

from __future__ import annotations

import msgspec

from duly.engine.keys import RULES, Keys
from duly.engine.store import Commit, Store, version_of

_CURRENT = "current"
_SHADOW = "shadow"


class Published(msgspec.Struct, array_like=True):
    """One published version: its name, the files as (name, text), and the instant of publication."""

    version: str
    files: list[tuple[str, str]]
    time: int
    note: str = ""


class _Record(msgspec.Struct, array_like=True):
    number: int
    published: Published


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Record)


def load_current(store: Store) -> tuple[Published, int] | None:
    """The version in force with its serial number (from 1, which an etag is made of); None before the first."""
    value = store.read((Keys(store.buckets).rules(_CURRENT),))[0]
    return None if value is None else (_decoder.decode(value[8:]).published, version_of(value))


def load_number(store: Store, number: int) -> Published | None:
    """The version with a serial number."""
    value = store.read((Keys(store.buckets).rules(_entry(number)),))[0]
    return None if value is None else _decoder.decode(value[8:]).published


def load_shadow(store: Store) -> Published | None:
    """The version that decides in the shadow, None when there is none."""
    value = store.read((Keys(store.buckets).rules(_SHADOW),))[0]
    return None if value is None else _decoder.decode(value[8:]).published


def save_shadow(store: Store, published: Published | None) -> None:
    """Let a version, or none, decide in the shadow from now on; durable."""
    key = Keys(store.buckets).rules(_SHADOW)
    record = [] if published is None else [(key, bytes(8) + _encoder.encode(_Record(0, published)))]
    store.sync(store.commit(Commit((0,), puts=record, deletes=[key])))


def list_versions(store: Store, before: int | None, limit: int) -> list[tuple[int, Published]]:
    """Versions with their serial numbers, newest first, older than the serial number `before`."""
    keys = Keys(store.buckets)
    start, stop = keys.span(0, RULES, b"#")
    found = store.scan(start, stop if before is None else keys.rules(_entry(before)), limit, reverse=True)
    return [(record.number, record.published) for record in (_decoder.decode(value[8:]) for _, value in found)]


def save_published(store: Store, published: Published, expected: int) -> int:
    """
    Put a version in force after the one with serial number `expected` (0: the first); its serial number, durable.

    Raises `Conflict` when another version came in between.
    """
    keys, number = Keys(store.buckets), expected + 1
    value = number.to_bytes(8, "big") + _encoder.encode(_Record(number, published))
    current = keys.rules(_CURRENT)
    ticket = store.commit(
        Commit((0,), checks=[(current, expected)], puts=[(current, value), (keys.rules(_entry(number)), value)])
    )
    store.sync(ticket)
    return number


def _entry(number: int) -> str:
    return f"#{number:012}"
