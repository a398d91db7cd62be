"""The store port: a bucketed, ordered key-value store with conditional commits.

Every key starts with its bucket as two big-endian bytes; what follows is the engine's layout and means nothing to a
store. Keys are ordered as bytes are. A store promises atomicity inside one bucket and no more, so that a bucket may
live on another machine than its neighbour.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

LAYOUT = 3
"""
The version of what keys and values mean. A store made with a newer one is refused, one made with an older one is
brought to this by `duly.engine.upgrade` when it is opened.
"""

ABSENT = 0
"""The version of a key that holds nothing; versions of stored values start at 1."""

DEFAULT_BUCKETS = 256
MAX_BUCKETS = 0xFF00
"""Prefixes from here on belong to the stores' own records."""


class StoreError(Exception):
    """Anything a store can fail with; the message is one sentence, fit for an operator."""


class Conflict(StoreError):
    """A checked key has another version than the one read: nothing of `bucket` was written; read again and retry."""

    def __init__(self, bucket: int) -> None:
        super().__init__(f"bucket {bucket} was changed by somebody else")
        self.bucket = bucket


class StoreUnavailable(StoreError):
    """The store cannot be reached, is closed, or can no longer promise that what it acknowledges is durable."""


class StoreBusy(StoreError):
    """Another process has the data folder open."""


class WrongStore(StoreError):
    """What was found is not a duly store, has a newer layout, or another number of buckets than asked for."""


class StoreCorrupt(StoreError):
    """The store's files are damaged."""


class BackupFailed(StoreError):
    """No copy was made; the store itself is unharmed."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A change of one or more buckets.

    `buckets` are those that its keys belong to. `checks` are (key, version read), `ABSENT` for a key that was not
    there. A key that is both deleted and put ends up put. Each of the three is gone through as often as it takes, and
    the checks often not at all: `since` is a ticket taken with `latest` before the reading began, and where a store
    knows that nothing was committed to a bucket after it, its checks hold.
    """

    buckets: Collection[int]
    checks: Iterable[tuple[bytes, int]] = ()
    puts: Iterable[tuple[bytes, bytes]] = ()
    deletes: Iterable[bytes] = ()
    since: int = -1


class Store(Protocol):
    """What the engine needs from a store; any thread may call any method, and any may raise `StoreUnavailable`."""

    @property
    def buckets(self) -> int:
        """How many buckets there are: chosen at creation, remembered by the store."""

    def read(self, keys: Sequence[bytes]) -> Sequence[bytes | None]:
        """The values of `keys`, in their order, None where there is none; one round trip."""

    def scan(self, start: bytes, stop: bytes, limit: int, reverse: bool = False) -> list[tuple[bytes, bytes]]:
        """At most `limit` pairs with start <= key < stop, ascending or, with `reverse`, descending from the end.

        Both bounds lie in the same bucket, or `stop` is the beginning of the next one.
        """

    def commit(self, change: Commit) -> int:
        """Apply a change and give a ticket for `sync`; readers see it at once.

        A bucket changes as a whole or not at all. Raises `Conflict` when a check of a bucket fails; nothing of that
        bucket is written, other buckets of the same change may or may not be, so a caller that changes several makes
        its change repeatable.
        """

    def sync(self, ticket: int) -> None:
        """Return when every commit up to `ticket` survives a crash; concurrent callers share the work.

        Raises `StoreUnavailable` when that cannot be promised, and from then on for every later commit.
        """

    def latest(self) -> int:
        """A ticket that covers every commit made so far.

        Who answers from what was read, not from what was committed, waits for this one: readers see a commit before it
        is durable.
        """

    def delete_range(self, start: bytes, stop: bytes) -> int:
        """Delete start <= key < stop without conditions, cheaply even for many keys; gives a ticket as `commit` does.

        Bounds as in `scan`.
        """

    def purge(self, start: bytes, stop: bytes) -> None:
        """Return when no file holds what was deleted or overwritten in start <= key < stop; bounds as in `scan`.

        Slow: it may rewrite the whole bucket, so call it once for many deletions.
        """

    def backup(self, path: str) -> None:
        """Write a consistent copy to the new folder `path` while the store runs; a store that opens like any other.

        Raises `BackupFailed` when the folder exists already, cannot be written, or the store keeps nothing in files.
        """

    def stats(self) -> dict[str, int]:
        """Cheap numbers for metrics: `keys` (an estimate), `bytes`, `commits`, `syncs`, and what else it knows."""

    def close(self) -> None:
        """Make everything durable and let go of it; closing twice is harmless."""


def bucket_of(identity: bytes, buckets: int) -> int:
    """The bucket an identity lives in; CRC-32, stable across processes, machines and versions."""
    return crc32(identity) % buckets


def bucket_prefix(bucket: int) -> bytes:
    """The two bytes every key of `bucket` starts with."""
    return bucket.to_bytes(2, "big")


def bucket_in(key: bytes) -> int:
    """The bucket of a key, which its first two bytes tell."""
    return int.from_bytes(key[:2], "big")


def version_of(value: bytes | None) -> int:
    """The version a stored value carries in its first eight bytes, big endian; `ABSENT` for None."""
    return ABSENT if value is None else int.from_bytes(value[:8], "big")
