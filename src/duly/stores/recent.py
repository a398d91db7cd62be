"""Records that were read or written lately, so that they are not looked for again among millions."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol


class Recent(Protocol):
    """
    Keeps small records by key in a bounded number of bytes. Never what the store does not hold.

    Any thread may look and fill; one at a time says what changed, after the store has it and before a ticket tells so.
    """

    def look(self, keys: Sequence[bytes], /) -> tuple[Sequence[bytes | None], list[bytes], list[int], int]:
        """The values of the keys, which of them are missing, in which places, and a number that tells the time."""

    def fill(
        self,
        values: Sequence[bytes | None],
        missing: list[bytes],
        places: list[int],
        found: list[bytes | None],
        since: int,
        /,
    ) -> None:
        """Put what the store holds in those places, and keep it, unless its bucket has changed since the time given."""

    def change(self, buckets: Iterable[int], puts: Iterable[tuple[bytes, bytes]], deletes: Iterable[bytes], /) -> None:
        """Keep up with what was written into the buckets; some kinds of record are kept from then on."""

    def clear(self) -> None:
        """Keep nothing."""


Remembering = Callable[[int], Recent]
"""Makes one for a store with so many buckets."""
