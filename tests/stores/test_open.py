"""Stores by URL, and what is refused with which words."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rocksdict import Options, Rdict

from duly.engine.store import LAYOUT, Commit, StoreBusy, StoreCorrupt, WrongStore, bucket_prefix
from duly.stores.meta import META_KEY
from duly.stores.open import open_store
from duly.stores.rocks import RocksStore


def created(folder: Path, buckets: int = 16) -> Path:
    open_store(str(folder), buckets).close()
    return folder


def test_a_plain_path_is_a_rocks_store_with_256_buckets(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "deep" / "data"))
    assert isinstance(store, RocksStore) and store.buckets == 256
    store.close()


def test_an_unknown_scheme_is_answered_with_the_known_ones() -> None:
    with pytest.raises(WrongStore, match=r"no store is called `oracle:`; the known ones are `memory:`, `rocks:`"):
        open_store("oracle://there")


@pytest.mark.parametrize("url", ["memory:x", "rocks:"])
def test_a_url_with_the_wrong_place_is_refused(url: str) -> None:
    with pytest.raises(WrongStore):
        open_store(url)


@pytest.mark.parametrize("buckets", [0, -1, 1 << 16])
def test_an_impossible_number_of_buckets_leaves_nothing_behind(tmp_path: Path, buckets: int) -> None:
    with pytest.raises(WrongStore):
        open_store(str(tmp_path / "data"), buckets)
    assert not (tmp_path / "data").exists()


def test_the_number_of_buckets_is_remembered_and_insisted_on(tmp_path: Path) -> None:
    folder = created(tmp_path / "data", buckets=16)
    reopened = open_store(str(folder))
    assert reopened.buckets == 16
    reopened.close()
    with pytest.raises(WrongStore, match="created with 16 buckets and cannot be opened with 32"):
        open_store(str(folder), 32)
    created(folder, buckets=16)


def test_a_folder_in_use_by_this_process_is_busy(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "data"))
    with pytest.raises(StoreBusy, match=r"data` is already open in this process"):
        open_store(str(tmp_path / "data"))
    store.commit(Commit((1,), puts=[(bucket_prefix(1), b"still works")]))
    store.close()


def test_a_folder_in_use_by_another_process_is_busy_until_that_ends(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    holding = "import sys; from duly.stores.open import open_store; s = open_store(sys.argv[1]); print(1, flush=True)"
    holder = subprocess.Popen(
        [sys.executable, "-c", f"{holding}; sys.stdin.read()", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None and holder.stdout.readline()
    try:
        with pytest.raises(StoreBusy, match=r"data` is in use by another process"):
            open_store(folder)
    finally:
        holder.kill()
        holder.communicate()
    open_store(folder).close()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(WrongStore, match=r"holds `thesis\.txt`"):
        open_store(str(tmp_path))
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_not_a_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WrongStore, match="is a file"):
        open_store(str(tmp_path / "file"))


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    other = Rdict(str(tmp_path / "data"), options)
    other[b"theirs"] = b"1"
    other.close()
    with pytest.raises(WrongStore, match="is a database, but not a duly store"):
        open_store(str(tmp_path / "data"))


def test_a_creation_that_was_cut_short_can_be_repeated(tmp_path: Path) -> None:
    for name in ("LOCK", "LOG", "MANIFEST-000001", "000001.dbtmp"):
        (tmp_path / name).touch()
    created(tmp_path)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    folder = created(tmp_path / "data")
    rewrite_meta(folder, json.dumps({"layout": LAYOUT + 1, "buckets": 16, "new": True}).encode())
    with pytest.raises(WrongStore, match=f"newer duly: it has layout {LAYOUT + 1}"):
        open_store(str(folder))


def test_an_unreadable_record_is_corruption(tmp_path: Path) -> None:
    folder = created(tmp_path / "data")
    rewrite_meta(folder, b"\x00garbage")
    with pytest.raises(StoreCorrupt):
        open_store(str(folder))


def test_missing_files_are_corruption(tmp_path: Path) -> None:
    folder = created(tmp_path / "data")
    for manifest in folder.glob("MANIFEST-*"):
        manifest.unlink()
    with pytest.raises(StoreCorrupt, match="is damaged"):
        open_store(str(folder))


def rewrite_meta(folder: Path, record: bytes) -> None:
    database = Rdict(str(folder), Options(raw_mode=True))
    database[META_KEY] = record
    database.close()


def test_rocksdb_is_told_what_only_a_file_can_tell(tmp_path: Path) -> None:
    RocksStore(str(tmp_path / "data")).close()
    newest = max((tmp_path / "data").glob("OPTIONS-*"))
    assert "memtable_insert_with_hint_prefix_extractor=rocksdb.FixedPrefix.3" in newest.read_text("utf-8")
