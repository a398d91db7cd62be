"""Every engine test runs on every store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.world import World

URLS: dict[str, Callable[[Path], str]] = {
    "memory": lambda folder: "memory:",
    "rocks": lambda folder: f"rocks:{folder / 'data'}",
}


@pytest.fixture(params=URLS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that does not exist yet."""
    return URLS[request.param](tmp_path)


@pytest.fixture
def durable_url(tmp_path: Path) -> str:
    """The URL of a store that survives its process."""
    return URLS["rocks"](tmp_path)


@pytest.fixture
def opened(url: str) -> Iterator[Callable[..., World]]:
    """Opens worlds with a rule set each, and closes them."""
    worlds: list[World] = []

    def start(*rules, **house) -> World:
        worlds.append(World(url, *rules, **house))
        return worlds[-1]

    yield start
    for world in worlds:
        world.close()
