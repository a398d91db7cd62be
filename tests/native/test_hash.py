"""Hashes and keys in C++ are those of Python."""

import random
import zlib
from hashlib import blake2b

import pytest

from duly.engine.decision import user_prefix
from duly.engine.keys import Keys
from duly.engine.store import Commit, bucket_of
from duly.engine.suppression import Suppression
from duly.stores.open import open_store

native = pytest.importorskip("duly._native")

EDGES = [0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 384]
BUCKETS = 4096
MOMENTS = [-1, 0, 1, 1_714_564_800_000_000, (1 << 62) + 3]


@pytest.mark.parametrize("length", [*EDGES, *range(2, 60), 1000, 5000])
def test_checksums_and_digests_are_those_of_the_library(length):
    chance = random.Random(length)
    for _ in range(12):
        data = chance.randbytes(length)
        assert native.crc32(data) == zlib.crc32(data), data
        key, size = chance.randbytes(chance.choice([0, 0, 1, 32, 63, 64])), chance.randint(1, 64)
        assert native.blake2b(data, key, size) == blake2b(data, key=key, digest_size=size).digest(), (data, key, size)


def test_keys_are_where_python_looks():
    keys, store = Keys(BUCKETS), open_store("memory:", BUCKETS)
    secret = bytes(range(7, 39))
    store.commit(Commit((0,), [], [(keys.rules("suppression"), (1).to_bytes(8, "big") + secret)]))
    suppression = Suppression(store, keys)
    for seed in range(600):
        chance = random.Random(seed)
        identity, thing, name = _word(chance, "u:"), _word(chance), _word(chance)
        bucket = bucket_of(identity.encode(), BUCKETS)
        time, known = chance.choice([*MOMENTS, chance.randrange(1 << 60)]), chance.randbytes(20)
        assert native.bucket_of(identity, BUCKETS) == bucket, seed
        prefix = native.key("prefix", bucket, [identity])
        assert (prefix, native.bucket_in(prefix)) == (user_prefix(bucket, identity), bucket), seed
        for kind, parts, expected in (
            ("user", [identity], keys.user(bucket, identity)),
            ("member", [name, thing, identity], keys.member(bucket, name, thing, identity)),
            ("related", [identity, name, thing], keys.related(bucket, identity, name, thing)),
            ("instance", [identity, name], keys.instance(bucket, identity, name)),
            ("instance", ["", name], keys.instance(bucket, "", name)),
            ("request", [identity, name], keys.request(bucket, identity, name)),
            ("event", [identity, name], keys.event(bucket, identity, time, name)),
            ("history", [identity, name], keys.history(bucket, identity, name)),
            ("decision", [known], keys.decision(bucket, known)),
            ("due", [known], keys.due(bucket, time, known)),
            ("suppressed", [identity, secret], suppression.key(identity)),
        ):
            assert native.key(kind, bucket, parts, time) == expected, (seed, kind)


def _word(chance, start=""):
    letters = chance.choice(["abc-019", "aé漢😀"])
    return start + "".join(chance.choices(letters, k=chance.choice([1, 3, 12, 128, 200])))
