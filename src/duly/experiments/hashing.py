"""
The hash that deals users out, as the GrowthBook SDKs compute it.

FNV-1a with 32 bits over the text's UTF-16 code units, both bytes of a unit at once, because that is what JavaScript's
`charCodeAt` gives. GrowthBook's Python SDK hashes code points, so it agrees with this and with the JavaScript SDK on
every text without characters beyond U+FFFF (such as emoji) and differs on those; an SDK that hashes bytes of UTF-8
differs on all text beyond ASCII. Nothing is normalised: `é` as one code point and as two are two ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import unpack

OFFSET = 0x811C9DC5
"""What FNV-1a starts with, see http://www.isthe.com/chongo/tech/comp/fnv/."""

STEPS = 10_000
"""Version 2 tells so many users apart; all numbers are tenths of a thousandth."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The version 2 hash with one seed: the seed's part of it is worked out once."""

    state: int

    @classmethod
    def seeded(cls, seed: str) -> Draw:
        """The draw with this seed."""
        return cls(fnv1a(seed))

    def number(self, user_id: str) -> float:
        """The user's number, in [0, 1); the loops of `fnv1a` are written out because every decision waits for this."""
        state = self.state
        for unit in user_id.encode() if user_id.isascii() else _code_units(user_id):
            state = (state ^ unit) * 0x01000193 & 0xFFFFFFFF
        again = OFFSET
        for unit in b"%d" % state:
            again = (again ^ unit) * 0x01000193 & 0xFFFFFFFF
        return again % STEPS / STEPS


def fnv1a(text: str) -> int:
    """FNV-1a of a text, 32 bits."""
    state = OFFSET
    for unit in _code_units(text):
        state = (state ^ unit) * 0x01000193 & 0xFFFFFFFF
    return state


def user_number(seed: str, user_id: str, version: int) -> float | None:
    """A user's number in [0, 1) by hash version 1 (biased, for namespaces) or 2; None for a version nobody knows."""
    if version == 2:
        return Draw.seeded(seed).number(user_id)
    if version == 1:
        return fnv1a(user_id + seed) % 1000 / 1000
    return None


def _code_units(text: str) -> Sequence[int]:
    """The numbers that `charCodeAt` gives for each place; half a surrogate pair is a number like any other."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return unpack(f"<{len(encoded) // 2}H", encoded)
