"""What holds across a merge holds on every store."""

from itertools import count

import pytest

from tests.engine.conftest import durable_url, url
from tests.identity.world import People

__all__ = ["durable_url", "url"]


WAYS = {
    "identify": lambda world: world.sign_in("ada", "phone"),
    "alias of an anonymous id": lambda world: world.alias("ada", "phone"),
}


@pytest.fixture
def opened_people(url):
    """Opens worlds with rules each, and closes them."""
    worlds, numbers = [], count()

    def start(*rules, plan=None, **house):
        where = f"{url}{next(numbers)}" if url.startswith("rocks:") else url
        worlds.append(People(where, *rules, plan=plan, **house))
        return worlds[-1]

    yield start
    for world in worlds:
        world.close()


@pytest.fixture
def people(opened_people):
    return opened_people


@pytest.fixture(params=WAYS)
def merge(request):
    return WAYS[request.param]
