"""
The suppression list: who was deleted when, and what they had refused, under keyed hashes that name nobody.

Without the store's key a hash cannot be tried out on ids. What happened before the deletion is not taken in any more;
who comes back later starts anew, but stays unsubscribed from what they had refused.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

import msgspec

from duly.engine.consent import UNSUBSCRIBED
from duly.engine.keys import Keys
from duly.engine.state import User
from duly.engine.store import Commit, Conflict, Store

_KEY = "suppression"
_DIGEST = 16


class Suppressed(msgspec.Struct, array_like=True):
    """One deletion: its instant, and the categories and channels that were refused, as consent has them."""

    time: int
    refused: list[str] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Suppressed)


class Suppression:
    """The list of one store, whose key `secret` is made when it is opened for the first time."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._keys = keys
        self.secret = _load_secret(store, keys.rules(_KEY))

    def key(self, identity: str) -> bytes:
        """Where the entry of an identity lies."""
        digest = blake2b(identity.encode(), key=self.secret, digest_size=_DIGEST).digest()
        return self._keys.suppressed(self._keys.bucket(identity), digest)

    @staticmethod
    def entry(user: User, now: int) -> bytes:
        """The entry of a user who is deleted at the instant `now`."""
        refused = sorted(key for key, state in user.consent.items() if state == UNSUBSCRIBED)
        return _encoder.encode(Suppressed(now, refused))

    @staticmethod
    def newcomer(entry: bytes | None) -> User:
        """A user of whom nothing is kept but perhaps an entry."""
        if entry is None:
            return User()
        known = _decoder.decode(entry)
        consent = dict.fromkeys(known.refused, UNSUBSCRIBED)
        return User(consent=consent, consent_times=dict.fromkeys(consent, known.time), forgotten=known.time)


def _load_secret(store: Store, key: bytes) -> bytes:
    value = store.read((key,))[0]
    if value is None:
        fresh = (1).to_bytes(8, "big") + secrets.token_bytes(32)
        try:
            store.sync(store.commit(Commit((0,), checks=[(key, 0)], puts=[(key, fresh)])))
            value = fresh
        except Conflict:
            value = store.read((key,))[0]
    if value is None:
        raise Conflict(0)
    return value[8:]
