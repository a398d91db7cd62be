"""A sample of users, dealt out by the hash as the engine does it."""

from __future__ import annotations

from functools import cache

SIZE = 10_000


@cache
def user_ids() -> tuple[str, ...]:
    """Ids such as `user-42`; the hash spreads any ids alike."""
    return tuple(f"user-{number}" for number in range(SIZE))
