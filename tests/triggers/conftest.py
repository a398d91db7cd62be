"""Every store that an engine may run on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from duly.engine.store import Store
from duly.stores.open import open_store


@pytest.fixture(params=["memory", "rocks"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store with 8 buckets."""
    url = "memory:" if request.param == "memory" else f"rocks:{tmp_path / 'data'}"
    opened = open_store(url, buckets=8)
    yield opened
    opened.close()
