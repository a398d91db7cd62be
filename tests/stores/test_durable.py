"""What durable stores keep across restarts, kills and full disks and in backups, and what a purge makes them forget."""

import random
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from duly.engine.store import BackupFailed, Commit, Store, StoreUnavailable, bucket_prefix
from duly.stores.open import open_store
from duly.stores.rocks import RocksStore

WRITER = [sys.executable, str(Path(__file__).with_name("writer.py"))]


def everything(store: Store) -> list[tuple[bytes, bytes]]:
    spans = ((bucket_prefix(bucket), bucket_prefix(bucket + 1)) for bucket in range(store.buckets))
    return [pair for start, stop in spans for pair in store.scan(start, stop, 1_000_000)]


def acknowledged(lines: list[str]) -> list[tuple[bytes, bytes]]:
    """The pairs the writer reported; a last line cut off by the kill was not reported."""
    whole = [line.split() for line in lines if line.endswith("\n") and line != "refused\n"]
    entries = [(int(thread), number, f".{step}".encode()) for thread, number, step in whole]
    return [(bucket_prefix(thread) + number.encode() + entry, entry * 100) for thread, number, entry in entries]


def assert_kept(store: Store, pairs: list[tuple[bytes, bytes]]) -> None:
    found = store.read([name for name, _ in pairs])
    assert [value for _, value in pairs] == found


def test_commits_survive_a_restart(durable_url: str) -> None:
    store = open_store(durable_url, 16)
    store.commit(Commit((3,), puts=[(bucket_prefix(3) + b"a", b"kept")]))
    store.close()
    reopened = open_store(durable_url)
    assert everything(reopened) == [(bucket_prefix(3) + b"a", b"kept")]
    reopened.close()


def test_a_kill_at_any_moment_loses_nothing_acknowledged(durable_url: str) -> None:
    chance, kept = random.Random(), list[tuple[bytes, bytes]]()
    for round_number in range(5):
        writer = subprocess.Popen([*WRITER, durable_url, str(round_number)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 600))]
        writer.kill()
        lines += writer.communicate()[0].splitlines(keepends=True)
        kept += acknowledged(lines)
        store = open_store(durable_url)
        assert_kept(store, kept)
        store.close()
    assert len(kept) >= 5


def test_a_full_disk_ends_acknowledgements_and_keeps_what_was_acknowledged(durable_url: str) -> None:
    limited = subprocess.run(
        [*WRITER, durable_url, "0", "200000"], stdout=subprocess.PIPE, text=True, timeout=60, check=True
    )
    lines = limited.stdout.splitlines(keepends=True)
    assert lines.count("refused\n") == 4, limited.stdout[-500:]
    store = open_store(durable_url)
    assert len(lines) > 100
    assert_kept(store, acknowledged(lines))
    store.close()


def test_a_store_that_failed_to_flush_refuses_commits_but_still_reads(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError("No space left on device")

    store = RocksStore(str(tmp_path / "data"), 16, before_flush=fail)
    name = bucket_prefix(1) + b"a"
    ticket = store.commit(Commit((1,), puts=[(name, b"not durable")]))
    with pytest.raises(StoreUnavailable, match="No space left on device"):
        store.sync(ticket)
    with pytest.raises(StoreUnavailable, match="no longer acknowledges writes: No space left on device"):
        store.commit(Commit((1,), puts=[(name, b"later")]))
    assert store.read([name]) == [b"not durable"]
    with pytest.raises(StoreUnavailable):
        store.close()
    open_store(str(tmp_path / "data")).close()


def test_concurrent_callers_share_fsyncs(tmp_path: Path) -> None:
    flushes = list[None]()
    store = RocksStore(str(tmp_path / "data"), 16, before_flush=lambda: flushes.append(None))

    def write(thread: int) -> None:
        for step in range(50):
            store.sync(store.commit(Commit((thread,), puts=[(bucket_prefix(thread) + b"%d" % step, b"x")])))

    threads = [Thread(target=write, args=(thread,)) for thread in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(flushes) < 16 * 50
    assert store.stats()["syncs"] == len(flushes)
    store.close()


def test_a_backup_taken_while_the_store_is_written_opens_and_is_consistent(durable_url: str, tmp_path: Path) -> None:
    store = open_store(durable_url, 16)
    before = [(bucket_prefix(bucket) + b"%d" % step, b"x" * step) for bucket in range(16) for step in range(50)]
    for name, value in before:
        store.commit(Commit((name[1],), puts=[(name, value)]))
    writing = Thread(target=write_pairs, args=(store,))
    writing.start()
    store.backup(str(tmp_path / "copy"))
    writing.join()
    copy = open_store(str(tmp_path / "copy"))
    assert copy.buckets == 16
    pairs = dict(everything(copy))
    assert pairs.items() >= dict(before).items()
    assert [name for name in pairs if name.endswith(b"left")] == [
        name.replace(b"right", b"left") for name in pairs if name.endswith(b"right")
    ]
    copy.close()
    store.close()


def write_pairs(store: Store) -> None:
    for step in range(500):
        name = bucket_prefix(step % 16) + b"pair %d " % step
        store.commit(Commit((step % 16,), puts=[(name + b"left", b""), (name + b"right", b"")]))


def test_a_backup_equals_a_store_at_rest_and_never_overwrites(durable_url: str, tmp_path: Path) -> None:
    store = open_store(durable_url, 16)
    store.commit(Commit((2,), puts=[(bucket_prefix(2) + b"a", b"1")]))
    store.backup(str(tmp_path / "copy"))
    with pytest.raises(BackupFailed, match="copy"):
        store.backup(str(tmp_path / "copy"))
    copy = open_store(str(tmp_path / "copy"))
    assert everything(copy) == everything(store)
    copy.close()
    store.close()


def test_purged_bytes_leave_every_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = RocksStore(str(folder), 16)
    for generation in range(3):
        puts = [(bucket_prefix(1) + b"user %d" % number, random.randbytes(100)) for number in range(500)]
        secrets = [(bucket_prefix(1) + b"\xf0SECRET%d" % part, b"SECRET %d" % generation) for part in range(3)]
        store.commit(Commit((1,), puts=puts + secrets))
        store.purge(bucket_prefix(0), bucket_prefix(1))
        store.sync(store.latest())
    assert leaks(folder)
    store.delete_range(bucket_prefix(1) + b"\xf0", bucket_prefix(1) + b"\xf1")
    store.purge(bucket_prefix(1) + b"\xf0", bucket_prefix(1) + b"\xf1")
    assert leaks(folder) == []
    assert len(store.scan(bucket_prefix(1), bucket_prefix(2), 1000)) == 500
    store.close()


def leaks(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if b"SECRET" in file.read_bytes()]


def test_writers_outrun_compaction_without_losing_anything(tmp_path: Path) -> None:
    store = RocksStore(str(tmp_path / "data"), 16, write_buffer_bytes=1 << 16)
    pairs = [(bucket_prefix(step % 16) + b"%d" % step, random.randbytes(2000)) for step in range(5000)]
    for name, value in pairs:
        store.commit(Commit((name[1],), puts=[(name, value)]))
    assert_kept(store, pairs)
    store.close()
