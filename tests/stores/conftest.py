"""Every store by URL: a new store joins the conformance suite by adding its line here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from duly.engine.store import Store
from duly.native import LOADED
from duly.native.recent import remembering
from duly.stores.open import open_store

URLS: dict[str, Callable[[Path], str]] = {
    "memory": lambda folder: "memory:",
    "rocks": lambda folder: f"rocks:{folder / 'data'}",
}
DURABLE = ["rocks"]
KEPT = {"rocks, keeping much": 8 << 20, "rocks, keeping little": 16 << 10} if LOADED else {}
"""Stores that keep what was read lately, and in how many bytes."""


@pytest.fixture(params=[*URLS, *KEPT])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store with 16 buckets."""
    if request.param in KEPT:
        opened = open_store(URLS["rocks"](tmp_path), 16, remembering=remembering(KEPT[request.param]))
    else:
        opened = open_store(URLS[request.param](tmp_path), buckets=16)
    yield opened
    opened.close()


@pytest.fixture(params=DURABLE)
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that does not exist yet and survives its process."""
    return URLS[request.param](tmp_path)
