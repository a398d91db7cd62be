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


@pytest.mark.parametrize("kept_bytes", [0, 16 << 10, 8 << 20])
def test_it_is_the_same_on_disk(ways, tmp_path, kept_bytes):
    """Whatever of what was read lately is kept in memory."""
    folders = iter(range(100))

    def play(seed):
        return Playing(seed, url=f"rocks:{tmp_path}/{next(folders)}", kept_bytes=kept_bytes).play()

    for seed in range(2000, 2003):
        ways.same(lambda: play(seed), seed)  # noqa: B023


def dealt_with(ways):
    """The core dealt with a good share, and left something at each of the places where it can."""
    done, unread, declined = (ways.counts[name] for name in ("done", "unread", "declined"))
    assert done > (done + unread + declined) / 8
    assert unread > 50
    assert declined > 50
