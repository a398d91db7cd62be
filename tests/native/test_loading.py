"""The compiled core as it is found: there or not, wanted or not, and what it says of what it declines."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import msgspec
import pytest

from duly import native


def loaded(**environment):
    script = "import duly.native; print(duly.native.LOADED)"
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip() == "True"


def test_a_core_that_is_not_wanted_is_not_loaded():
    assert loaded(DULY_NATIVE="") == native.LOADED or os.environ.get("DULY_NATIVE") == "off"
    assert not loaded(DULY_NATIVE="off")


def value(rnd, depth=0):
    kind = rnd.randrange(8 if depth < 4 else 6)
    if kind < 6:
        whole = rnd.choice(
            (0, -1, 127, 128, -32, -33, 255, 256, 65535, 65536, 2**32, -(2**31) - 1, rnd.randrange(10**17))
        )
        text = "".join(rnd.choices('ab"\\/\n\t\x7fé€😀', k=rnd.choice((0, 1, 5, 31, 32, 255, 300))))
        return (None, True, False, whole, rnd.choice((0.5, -1e300, 5e-324, rnd.random())), text)[kind]
    count = rnd.choice((0, 1, 3, 15, 16)) if depth < 2 else rnd.randrange(3)
    if kind == 6:
        return [value(rnd, depth + 1) for _ in range(count)]
    return {f"{rnd.randrange(99)}é"[rnd.randrange(2) :]: value(rnd, depth + 1) for _ in range(count)}


@pytest.mark.parametrize("seed", range(20))
def test_json_becomes_the_messagepack_that_python_writes(seed):
    core = pytest.importorskip("duly._native")
    rnd = random.Random(seed)
    for _ in range(50):
        written = json.dumps(value(rnd), ensure_ascii=rnd.random() < 0.5).encode()
        assert core.json_to_msgpack(written) == msgspec.msgpack.encode(msgspec.json.decode(written)), (seed, written)


@pytest.mark.parametrize("text", [b"", b"{", b"[1,]", b"NaN", b'"\xff"', b"1" * 30, b"[" * 100 + b"]" * 100])
def test_what_is_declined_says_so(text):
    core = pytest.importorskip("duly._native")
    with pytest.raises(core.Declined):
        core.json_to_msgpack(text)
