"""What the core keeps of a store's records is what the store holds, and no more than it may."""

import random

import pytest

native = pytest.importorskip("duly._native")

BUCKETS = 4


def key(number):
    """Keys of some buckets that differ in length."""
    return bytes([0, number % BUCKETS]) + b"u" * (number % 7) + str(number).encode()


def value(chance):
    return chance.randbytes(chance.choice([0, 1, 8, 9, 40, 300, 2000, 5000]))


def read(recent, held, numbers):
    """As a store reads that holds `held`; the values, and how many were kept."""
    keys = [key(number) for number in numbers]
    values, missing, places, now = recent.look(keys)
    recent.fill(values, missing, places, [held.get(key) for key in missing], now)
    return values, len(keys) - len(missing)


@pytest.mark.parametrize("size", [1, 16 << 10, 64 << 10, 1 << 20])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_read_is_what_is_held(size, seed):
    chance, held, recent = random.Random(seed), {}, native.Recent(size, b"u", BUCKETS)
    for _ in range(3000):
        number = chance.randrange(400)
        match chance.randrange(20):
            case 0:
                held.pop(key(number), None)
                recent.change([number % BUCKETS], [], [key(number)])
            case 1 if chance.random() < 0.02:
                recent.clear()
            case 2 | 3 | 4:
                said = value(chance)
                held[key(number)] = said
                recent.change([number % BUCKETS], [(key(number), said)], [])
            case _:
                numbers = [chance.randrange(400) for _ in range(chance.randrange(12))]
                assert read(recent, held, numbers)[0] == [held.get(key(number)) for number in numbers]


def test_what_was_read_is_kept_until_too_much_is():
    held = {key(number): b"x" * 100 for number in range(20_000)}
    recent = native.Recent(1 << 20, b"u", BUCKETS)
    assert read(recent, held, range(5000))[1] == 0
    assert read(recent, held, range(5000))[1] == 5000
    read(recent, held, range(5000, 20_000))
    # Few of those that fit go because others lie where they would.
    assert read(recent, held, range(15_000, 20_000))[1] > 4500
    assert read(recent, held, range(5000))[1] == 0


def test_what_changed_after_it_was_read_is_not_kept():
    recent, keys = native.Recent(1 << 20, b"", BUCKETS), [key(1), key(2)]
    values, missing, places, now = recent.look(keys)
    recent.change([1], [(key(1), b"new")], [])
    recent.fill(values, missing, places, [b"old", b"other"], now)
    assert values == [b"old", b"other"]
    assert recent.look(keys)[0] == [None, b"other"]


def test_nothing_is_kept_of_what_is_cleared_while_it_is_read():
    recent, keys = native.Recent(1 << 20, b"u", BUCKETS), [key(1)]
    values, missing, places, now = recent.look(keys)
    recent.clear()
    recent.fill(values, missing, places, [b"old"], now)
    assert recent.look(keys)[0] == [None]


def test_what_is_of_a_kind_that_is_soon_read_is_kept_when_it_is_written():
    recent = native.Recent(1 << 20, b"xy", BUCKETS)
    recent.change([0], [(b"\0\0x1", b"kept"), (b"\0\0z1", b"not"), (b"\0\0", b"not"), (b"\0\0y", b"kept")], [])
    assert recent.look([b"\0\0x1", b"\0\0z1", b"\0\0", b"\0\0y"])[0] == [b"kept", None, None, b"kept"]


def test_what_grows_does_not_drive_out_what_is_asked_for():
    """Each growth takes a new place, of which there are many times as many as fit."""
    recent, grown = native.Recent(1 << 20, b"u", BUCKETS), [b"\0\0u%d" % number for number in range(400)]
    asked = {key(number): b"x" * 40 for number in range(2000)}
    read(recent, asked, range(2000))
    for size in range(50, 1000, 50):
        recent.change([0], [(name, b"y" * size) for name in grown], ())
        recent.look(grown)
        assert read(recent, asked, range(2000))[1] > 1900
    assert [len(value or b"") for value in recent.look(grown)[0]].count(950) > 350


def test_a_key_of_no_bucket_is_not_kept():
    recent = native.Recent(1 << 20, b"u", BUCKETS)
    for _ in range(2):
        values, missing, places, now = recent.look([b"", b"\0", b"\xff\xffmeta"])
        assert (missing, places) == ([b"", b"\0", b"\xff\xffmeta"], [0, 1, 2])
        recent.fill(values, missing, places, [b"a", b"b", b"c"], now)
        assert values == [b"a", b"b", b"c"]


def test_what_others_look_for_while_a_change_is_gone_through_is_not_mixed_up_with_it():
    """Going through the puts may run Python code, and with it any other thread."""
    held = {key(number): b"old %d" % number for number in range(40)}
    recent = native.Recent(1 << 20, b"u", BUCKETS)
    read(recent, held, range(40))

    class Puts:
        def __iter__(self):
            read(recent, held, range(20, 40))
            yield key(1), b"new 1"
            read(recent, held, range(10))
            yield key(2), b"new 2"

    recent.change([1, 2], Puts(), ())
    held |= {key(1): b"new 1", key(2): b"new 2"}
    assert read(recent, held, range(40)) == ([held[key(number)] for number in range(40)], 40)
