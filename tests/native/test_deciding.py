"""Whole scripts, played once with the compiled core and once without, end in the same answers, numbers and stores."""

import secrets

import pytest

from tests.native.played import Ways

BLOCK = 10


@pytest.fixture
def ways(native, monkeypatch):
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    return Ways(monkeypatch)


def same(ways, seed, **more):
    """Play a script by both ways."""
    core, plain = ways.with_core(seed, **more), ways.without(seed, **more)
    assert core.said == plain.said, seed
    assert core.kept == plain.kept, seed
    assert core.numbers_said == plain.numbers_said, seed


@pytest.mark.parametrize("block", range(8))
def test_calls_of_one_item_say_and_write_the_same(block, ways):
    for seed in range(block * BLOCK, block * BLOCK + BLOCK):
        same(ways, seed, alone=True)
    dealt_with(ways)


@pytest.mark.parametrize("block", range(8))
def test_batches_say_and_write_the_same(block, ways):
    for seed in range(1000 + block * BLOCK, 1000 + block * BLOCK + BLOCK):
        same(ways, seed)
    dealt_with(ways)


def test_both_ways_are_the_same_on_disk(ways, tmp_path):
    for seed in range(2000, 2003):
        core, plain = (
            way(seed, url=f"rocks:{tmp_path}/{seed}-{number}")
            for number, way in enumerate((ways.with_core, ways.without))
        )
        assert (core.said, core.kept) == (plain.said, plain.kept), seed


def dealt_with(ways):
    """The core dealt with a good share, and left something at each of the places where it can."""
    done, unread, declined = (ways.counts[name] for name in ("done", "unread", "declined"))
    assert done > (done + unread + declined) / 5
    assert unread > 50
    assert declined > 50
