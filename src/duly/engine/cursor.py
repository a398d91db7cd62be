"""
How far some work has come among the users of a bucket.

It names a user, so it lies in that user's bucket and moves in the same commit as what the work does there: deleting the
user finds it, and whoever is gone already is never written into it.
"""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from duly.engine.keys import Keys
from duly.engine.session import Session
from duly.engine.store import Commit, Store

CURSOR = b"k"
NOWHERE = ("", "")


class _Stand(msgspec.Struct, array_like=True):
    pair: tuple[str, str]
    after: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stand)


class Cursor:
    """The cursor of one piece of work, which `work` tells from all others."""

    __slots__ = ("_digest", "_keys")

    def __init__(self, keys: Keys, work: bytes) -> None:
        self._keys, self._digest = keys, blake2b(work, digest_size=12).digest()

    def read(self, store: Store, bucket: int, pair: tuple[str, str] = NOWHERE) -> str:
        """The last user of a bucket, and among the members of `pair`, for whom the work is done; the empty text."""
        value = store.read((self._keys.cursor(bucket, self._digest),))[0]
        stand = None if value is None else _decoder.decode(value)
        return stand.after if stand is not None and stand.pair == pair else ""

    def move(self, session: Session, bucket: int, pair: tuple[str, str] = NOWHERE, last: str = "") -> None:
        """Note with a session's commit that the work is done up to the user `last`, unless that one is gone."""
        if session.user(last).version:
            session.put(bucket, self._keys.cursor(bucket, self._digest), _encoder.encode(_Stand(pair, last)))

    def forget(self, store: Store, bucket: int) -> None:
        """The work is done in a bucket."""
        store.commit(Commit((bucket,), deletes=[self._keys.cursor(bucket, self._digest)]))


def names(value: bytes, identity: str) -> bool:
    """Whether the stored form of a cursor is about a user."""
    return _decoder.decode(value).after == identity
