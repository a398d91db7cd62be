"""Whole scripts, played once with the compiled core and once without, end in the same answers, numbers and stores."""

import pytest

from tests.native.played import Playing

BLOCK = 10


@pytest.mark.parametrize("block", range(8))
def test_calls_of_one_item_say_and_write_the_same(block, ways):
    for seed in range(block * BLOCK, block * BLOCK + BLOCK):
        ways.same(lambda: Playing(seed, alone=True).play(), seed)  # noqa: B023
    dealt_with(ways)


@pytest.mark.parametrize("block", range(8))
def test_batches_say_and_write_the_same(block, ways):
    for seed in range(1000 + block * BLOCK, 1000 + block * BLOCK + BLOCK):
        ways.same(lambda: Playing(seed).play(), seed)  # noqa: B023
    dealt_with(ways)


def test_it_is_the_same_on_disk(ways, tmp_path):
    folders = iter(range(100))
    for seed in range(2000, 2003):
        ways.same(lambda: Playing(seed, url=f"rocks:{tmp_path}/{next(folders)}").play(), seed)  # noqa: B023


def dealt_with(ways):
    """The core dealt with a good share, and left something at each of the places where it can."""
    done, unread, declined = (ways.counts[name] for name in ("done", "unread", "declined"))
    assert done > (done + unread + declined) / 8
    assert unread > 50
    assert declined > 50
