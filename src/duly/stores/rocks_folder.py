"""Open a data folder as a duly store, or say exactly why not, without leaving anything in a folder that is not one."""

import re
from dataclasses import replace
from pathlib import Path

from rocksdict import Options, Rdict

from duly.engine.store import StoreBusy, StoreCorrupt, StoreError, StoreUnavailable, WrongStore
from duly.stores.meta import META_KEY, Meta, admit, decode, encode, found

_OWN_FILE = re.compile(r"LOCK|LOG.*|IDENTITY|(MANIFEST|OPTIONS)-\d+|\d+\.(log|dbtmp)|rocksdict-config\.json")


def open_folder(path: str, buckets: int | None, options: Options) -> tuple[Rdict, Meta]:
    """The database in the folder `path`, created if need be, and its record; raises any `StoreError` but `Conflict`."""
    refuse_foreign(Path(path))
    meta = found(buckets)
    try:
        database = Rdict(path, options)
    except Exception as error:
        raise explain(error, path) from error
    try:
        return database, _recall(database, path, buckets) or _remember(database, meta)
    except BaseException:
        database.close()
        raise


def refuse_foreign(folder: Path) -> None:
    """Raise `WrongStore` when `folder` holds something other than a database, or is no folder."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise WrongStore(f"`{folder}` is a file; a store needs a folder of its own")
    names = {entry.name for entry in folder.iterdir()}
    # A crash during creation leaves files without `CURRENT`, which comes last; such a folder is still free.
    if "CURRENT" not in names and (strangers := sorted(name for name in names if not _OWN_FILE.fullmatch(name))):
        raise WrongStore(f"`{folder}` is not a duly store: it holds `{strangers[0]}`; choose an empty or new folder")
    if "CURRENT" in names and "rocksdict-config.json" not in names:
        raise WrongStore(f"`{folder}` is a database, but not a duly store")


def _recall(database: Rdict, path: str, buckets: int | None) -> Meta | None:
    record = database.get(META_KEY)
    if record is not None:
        meta = decode(record, path)
        admit(meta, buckets, path)
        return meta
    if next(iter(database.keys()), None) is not None:
        raise WrongStore(f"`{path}` is a database, but not a duly store")
    return None


def raised(database: Rdict, meta: Meta, layout: int) -> Meta:
    """The record with another layout, which the database remembers on return."""
    return _remember(database, replace(meta, layout=layout))


def _remember(database: Rdict, meta: Meta) -> Meta:
    database.put(META_KEY, encode(meta))
    database.flush_wal(True)
    return meta


def explain(error: Exception, path: str) -> StoreError:
    """What a failure of the library means; it tells failures apart by their text alone."""
    text = str(error)
    if "lock hold by current process" in text:
        return StoreBusy(f"the data folder `{path}` is already open in this process")
    if "While lock file" in text:
        return StoreBusy(f"the data folder `{path}` is in use by another process")
    if "already closed" in text:
        return StoreUnavailable("the store is closed")
    if text.startswith("Corruption") or "No such file" in text:
        return StoreCorrupt(f"the store in `{path}` is damaged: {text}")
    return StoreUnavailable(f"the store in `{path}` failed: {text}")
