"""Open a store by its URL."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from duly.engine.store import LAYOUT, Store, WrongStore
from duly.stores.recent import Remembering

if TYPE_CHECKING:
    from duly.stores.rocks import RocksStore

Noted = Callable[[int, int], None]
"""Who is told that a store was brought from an older layout to this one: its number, and how many decisions moved."""


def open_store(
    url: str,
    buckets: int | None = None,
    noted: Noted = lambda _layout, _moved: None,
    remembering: Remembering | None = None,
) -> Store:
    """The store at `url`: `memory:`, `rocks:PATH`, or a plain path for RocksDB; created when it does not exist.

    `buckets` is the number of a new store, 256 by default; given for an existing store it must be the store's own.
    `remembering` makes what keeps records that were read lately, for a store of which that makes sense.
    A store of an older layout is brought to this one, some seconds for a million decisions, and `noted` is told.
    Raises `WrongStore` for an unknown scheme or a place that cannot be used, `StoreBusy`, `StoreCorrupt`,
    `StoreUnavailable`.
    """
    scheme, place = _split(url)
    if scheme not in _OPENERS:
        known = ", ".join(f"`{name}:`" for name in _OPENERS)
        raise WrongStore(f"no store is called `{scheme}:`; the known ones are {known}, or a plain path")
    return _OPENERS[scheme](place, buckets, noted, remembering)


def folder_of(url: str) -> Path | None:
    """The folder in which the store at `url` keeps its files; None for one that keeps none."""
    scheme, place = _split(url)
    return Path(place) if scheme == "rocks" and place else None


def _split(url: str) -> tuple[str, str]:
    # One letter before the colon is a drive, not a scheme.
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):(.*)", url, re.DOTALL)
    return (match[1].lower(), match[2]) if match else ("rocks", url)


def _memory(place: str, buckets: int | None, _noted: Noted, _remembering: Remembering | None) -> Store:
    from duly.stores.memory import MemoryStore

    if place:
        raise WrongStore(f"`memory:` takes no path, found `{place}`")
    return MemoryStore(buckets)


def _rocks(place: str, buckets: int | None, noted: Noted, remembering: Remembering | None) -> Store:
    # Imported here so that commands without a data folder do not load the library.
    from duly.stores.rocks import RocksStore

    if not place:
        raise WrongStore("`rocks:` needs the path of a data folder")
    store = RocksStore(place, buckets, remembering=remembering)
    try:
        _bring_up(store, noted)
    except BaseException:
        store.close()
        raise
    return store


def _bring_up(store: "RocksStore", noted: Noted) -> None:
    """Bring a store of an older layout to this one; its number is raised when all else is durable."""
    layout = store.layout
    if layout < LAYOUT:
        from duly.engine.upgrade import upgrade

        moved = upgrade(store)
        store.raise_layout(LAYOUT)
        noted(layout, moved)


_OPENERS: dict[str, Callable[[str, int | None, Noted, Remembering | None], Store]] = {
    "memory": _memory,
    "rocks": _rocks,
}
