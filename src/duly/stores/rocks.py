"""The embedded store: RocksDB in a folder, durable, with fsyncs shared by concurrent callers."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat, starmap, takewhile
from threading import Lock
from typing import TYPE_CHECKING, cast

from rocksdict import Checkpoint, WriteBatch

from duly.engine.store import BackupFailed, Commit, Conflict, bucket_in, bucket_prefix, version_of
from duly.stores import rocks_options
from duly.stores.group_commit import GroupCommit
from duly.stores.meta import META_KEY, encode
from duly.stores.recent import Recent, Remembering
from duly.stores.rocks_folder import explain, open_folder, raised

if TYPE_CHECKING:
    from rocksdict.rocksdict import RdictItems

_MULTI_READ = 64
"""From this many keys on a multi-get pays: it lets other threads run, and waits to be let back in."""

_STALL_PAUSE = 0.001
"""Seconds between attempts to write while compaction catches up."""

_GAUGES = {
    "keys": "rocksdb.estimate-num-keys",
    "file_bytes": "rocksdb.total-sst-files-size",
    "memtable_bytes": "rocksdb.size-all-mem-tables",
    "cache_bytes": "rocksdb.block-cache-usage",
    "pending_compaction_bytes": "rocksdb.estimate-pending-compaction-bytes",
}


class RocksStore:
    """Fulfils `duly.engine.store.Store` in the folder `path`, which one process at a time may have open.

    `before_flush` is called before each fsync, by the thread that does it for its group; `remembering` makes what keeps
    records that were read lately.
    """

    def __init__(
        self,
        path: str,
        buckets: int | None = None,
        *,
        cache_bytes: int = 64 << 20,
        write_buffer_bytes: int = 32 << 20,
        before_flush: Callable[[], None] | None = None,
        remembering: Remembering | None = None,
    ) -> None:
        options = rocks_options.database(cache_bytes, write_buffer_bytes)
        self._path = path
        self._db, self._meta = open_folder(path, buckets, options)
        self._write_options = rocks_options.writing()
        # One lock, not one for each bucket: the library holds the GIL while it reads and writes.
        self._writing = Lock()
        self._before_flush = before_flush
        self._group = GroupCommit(self._flush)
        self._closed = False
        self._changed: dict[int, int] = {}
        self._recent = None if remembering is None else remembering(self._meta.buckets)

    @property
    def buckets(self) -> int:
        return self._meta.buckets

    @property
    def layout(self) -> int:
        """The version of what the keys and values here mean."""
        return self._meta.layout

    def raise_layout(self, layout: int) -> None:
        """Remember that keys and values now mean what `layout` says; durable, with all before it, on return."""
        try:
            self._meta = raised(self._db, self._meta, layout)
        except Exception as error:
            raise explain(error, self._path) from error

    def read(self, keys: Sequence[bytes]) -> Sequence[bytes | None]:
        recent = self._recent
        if recent is None:
            return self._in_files(keys)
        values, missing, places, now = recent.look(keys)
        if missing:
            recent.fill(values, missing, places, self._in_files(missing), now)
        return values

    def _in_files(self, keys: Sequence[bytes]) -> list[bytes | None]:
        try:
            if len(keys) < _MULTI_READ:
                value = self._db.get
                return [value(key) for key in keys]
            values: list[bytes | None] = self._db.get(list(keys))  # type: ignore[assignment]
            return values
        except Exception as error:
            raise explain(error, self._path) from error

    def scan(self, start: bytes, stop: bytes, limit: int, reverse: bool = False) -> list[tuple[bytes, bytes]]:
        if start >= stop:
            return []
        try:
            bounded = rocks_options.reading(stop)
            if not reverse:
                return list(islice(_pairs(self._db.items(from_key=start, read_opt=bounded)), limit))
            descending = _pairs(self._db.items(backwards=True, from_key=stop, read_opt=bounded))
            return list(takewhile(lambda pair: pair[0] >= start, islice(descending, limit)))
        except Exception as error:
            raise explain(error, self._path) from error

    def commit(self, change: Commit) -> int:
        with self._writing:
            if change.since < max(map(self._changed.get, change.buckets, repeat(0)), default=0):
                self._check(change)
            return self._write(lambda: _batch(change), change.buckets, lambda recent: _keep_up(recent, change))

    def sync(self, ticket: int) -> None:
        self._group.sync(ticket)

    def latest(self) -> int:
        return self._group.latest()

    def delete_range(self, start: bytes, stop: bytes) -> int:
        with self._writing:
            return self._write(lambda: _deletion(start, stop), [bucket_in(start)], lambda recent: recent.clear())

    def purge(self, start: bytes, stop: bytes) -> None:
        # Whole buckets, because the library writes the bounds of a compaction to its own log.
        begin, end = start[:2], bucket_prefix(int.from_bytes(start[:2], "big") + 1)
        try:
            self._db.compact_range(begin, end, rocks_options.rewriting())
            # One more change of files makes the manifest forget the outermost keys of those just rewritten.
            self._db.put(META_KEY, encode(self._meta))
            self._db.flush()
        except Exception as error:
            raise explain(error, self._path) from error

    def backup(self, path: str) -> None:
        """As the port says; files are linked, not copied, where `path` is on the same file system."""
        self.sync(self.latest())
        try:
            Checkpoint(self._db).create_checkpoint(path)
        except Exception as error:
            raise BackupFailed(f"no backup was written to `{path}`: {error}") from error

    def stats(self) -> dict[str, int]:
        try:
            gauges = {name: self._db.property_int_value(gauge) or 0 for name, gauge in _GAUGES.items()}
        except Exception as error:
            raise explain(error, self._path) from error
        gauges["bytes"] = gauges["file_bytes"] + gauges["memtable_bytes"]
        return {**gauges, "commits": self._group.latest(), "syncs": self._group.flushes}

    def close(self) -> None:
        with self._writing:
            if self._closed:
                return
            self._closed = True
            try:
                self._group.sync(self._group.latest())
            finally:
                self._group.fail("it is closed")
                self._db.close()

    def _check(self, change: Commit) -> None:
        for key, version in change.checks:
            if version_of(self._value(key)) != version:
                raise Conflict(bucket_in(key))

    def _value(self, key: bytes) -> bytes | None:
        try:
            return self._db.get(key)
        except Exception as error:
            raise explain(error, self._path) from error

    def _write(
        self, fresh_batch: Callable[[], WriteBatch], buckets: Iterable[int], keep_up: Callable[[Recent], None]
    ) -> int:
        """Write without fsync and give a ticket, under the lock; the library consumes even a batch that it refuses."""
        self._group.refuse_if_failed()
        while not self._accepts(fresh_batch()):
            time.sleep(_STALL_PAUSE)
        if self._recent is not None:
            # Before the ticket is given: what was read before it, whoever commits will check.
            keep_up(self._recent)
        ticket = self._group.wrote()
        self._changed.update(dict.fromkeys(buckets, ticket))
        return ticket

    def _accepts(self, batch: WriteBatch) -> bool:
        """Whether the batch was written; False while compaction has to catch up first."""
        try:
            self._db.write(batch, self._write_options)
        except Exception as error:
            if str(error).startswith("Result incomplete"):
                return False
            self._group.fail(str(error))
            raise explain(error, self._path) from error
        return True

    def _flush(self) -> None:
        if self._before_flush is not None:
            self._before_flush()
        self._db.flush_wal(True)


def _pairs(items: "RdictItems") -> Iterator[tuple[bytes, bytes]]:
    """What the library types for keys and values of any kind is bytes in raw mode."""
    return cast(Iterator[tuple[bytes, bytes]], items)


def _deletion(start: bytes, stop: bytes) -> WriteBatch:
    batch = WriteBatch(raw_mode=True)
    if start < stop:
        batch.delete_range(start, stop)
    return batch


def _keep_up(recent: Recent, change: Commit) -> None:
    recent.change(change.buckets, change.puts, change.deletes)


def _batch(change: Commit) -> WriteBatch:
    batch = WriteBatch(raw_mode=True)
    for key in change.deletes:
        batch.delete(key)
    # Makes all calls without a loop of the interpreter's around each.
    deque(starmap(batch.put, change.puts), 0)
    return batch
