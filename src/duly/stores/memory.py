"""A store in memory, for tests and trials: nothing survives the process, and misuse of the port is an error."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from threading import RLock

from duly.engine.store import BackupFailed, Commit, Conflict, StoreUnavailable, bucket_in, bucket_prefix, version_of
from duly.stores.meta import found


class _Bucket:
    """One bucket's values by key, and its keys in order."""

    __slots__ = ("keys", "values")

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.keys: list[bytes] = []

    def put(self, key: bytes, value: bytes) -> None:
        if key not in self.values:
            insort(self.keys, key)
        self.values[key] = value

    def delete(self, key: bytes) -> None:
        if self.values.pop(key, None) is not None:
            del self.keys[bisect_left(self.keys, key)]

    def between(self, start: bytes, stop: bytes) -> slice:
        return slice(bisect_left(self.keys, start), bisect_left(self.keys, stop))


class MemoryStore:
    """Fulfils `duly.engine.store.Store`; `sync` has nothing to wait for."""

    def __init__(self, buckets: int | None = None) -> None:
        self._buckets = [_Bucket() for _ in range(found(buckets).buckets)]
        self._lock = RLock()
        self._commits = 0
        self._closed = False

    @property
    def buckets(self) -> int:
        return len(self._buckets)

    def read(self, keys: Sequence[bytes]) -> list[bytes | None]:
        with self._lock:
            self._refuse_if_closed()
            return [self._bucket_of(key).values.get(key) for key in keys]

    def scan(self, start: bytes, stop: bytes, limit: int, reverse: bool = False) -> list[tuple[bytes, bytes]]:
        with self._lock:
            self._refuse_if_closed()
            bucket = self._range(start, stop)
            span = bucket.between(start, stop)
            first = max(span.start, span.stop - limit) if reverse else span.start
            keys = bucket.keys[first : min(span.stop, first + limit)]
            return [(key, bucket.values[key]) for key in (reversed(keys) if reverse else keys)]

    def commit(self, change: Commit) -> int:
        _refuse_misuse(change)
        with self._lock:
            self._refuse_if_closed()
            self._check(change)
            self._apply(change)
            self._commits += 1
            return self._commits

    def sync(self, ticket: int) -> None:
        self._refuse_if_closed()

    def latest(self) -> int:
        return self._commits

    def delete_range(self, start: bytes, stop: bytes) -> int:
        with self._lock:
            self._refuse_if_closed()
            bucket = self._range(start, stop)
            span = bucket.between(start, stop)
            for key in bucket.keys[span]:
                del bucket.values[key]
            del bucket.keys[span]
            self._commits += 1
            return self._commits

    def purge(self, start: bytes, stop: bytes) -> None:
        self._refuse_if_closed()

    def backup(self, path: str) -> None:
        raise BackupFailed("a store in memory has no files to copy")

    def stats(self) -> dict[str, int]:
        with self._lock:
            return {
                "keys": sum(len(bucket.keys) for bucket in self._buckets),
                "bytes": sum(_bytes_in(bucket.values.items()) for bucket in self._buckets),
                "commits": self._commits,
                "syncs": 0,
            }

    def close(self) -> None:
        self._closed = True

    def _check(self, change: Commit) -> None:
        for key, version in change.checks:
            if version_of(self._bucket_of(key).values.get(key)) != version:
                raise Conflict(bucket_in(key))

    def _apply(self, change: Commit) -> None:
        for key in change.deletes:
            self._bucket_of(key).delete(key)
        for key, value in change.puts:
            self._bucket_of(key).put(key, value)

    def _bucket_of(self, key: bytes) -> _Bucket:
        number = int.from_bytes(key[:2], "big")
        if len(key) < 2 or number >= len(self._buckets):
            raise ValueError(f"{key!r} does not start with one of {len(self._buckets)} buckets")
        return self._buckets[number]

    def _range(self, start: bytes, stop: bytes) -> _Bucket:
        bucket = self._bucket_of(start)
        following = bucket_prefix(int.from_bytes(start[:2], "big") + 1)
        if stop > following:
            raise ValueError(f"a range from {start!r} to {stop!r} leaves its bucket")
        return bucket

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("the store is closed")


def _refuse_misuse(change: Commit) -> None:
    """Raise `ValueError` for what would only fail on a store whose buckets are apart."""
    prefixes = tuple(map(bucket_prefix, change.buckets))
    keys = [key for key, _ in (*change.checks, *change.puts)]
    if strays := [key for key in (*keys, *change.deletes) if not key.startswith(prefixes)]:
        raise ValueError(f"{strays[0]!r} is in none of the buckets {[*change.buckets]}")


def _bytes_in(pairs: Iterable[tuple[bytes, bytes]]) -> int:
    return sum(len(key) + len(value) for key, value in pairs)
