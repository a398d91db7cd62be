"""Pages of lists: sizes, and tokens that are bound to what was asked for."""

from __future__ import annotations

import base64
from hashlib import blake2b

from google.protobuf.message import Message

from duly.service.convert.flawed import flawed

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000
MOST_BYTES = 2_000_000
"""About how many bytes a page has at most, however many results were asked for: clients take 4 MB unless told to."""

_SEAL = 8


def page_size(asked: int) -> int:
    """How many results a page has at most; raises `Flawed` for a negative number."""
    if asked < 0:
        raise flawed("page_size", "negative", "page_size must not be negative")
    return min(asked or DEFAULT_SIZE, LARGEST_SIZE)


def token_for(request: Message, place: bytes) -> str:
    """The token of the page of this list that starts after `place`."""
    return base64.urlsafe_b64encode(_seal(request, place) + place).decode().rstrip("=")


def place_in(request: Message, token: str) -> bytes | None:
    """The place in a token, None for the first page; raises `Flawed` for a token of another list."""
    if not token:
        return None
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        content = b""
    place = content[_SEAL:]
    if content[:_SEAL] != _seal(request, place):
        raise flawed("page_token", "unknown", "page_token is not one that this list gave out; ask for the first page")
    return place


def _seal(request: Message, place: bytes) -> bytes:
    """A hash of the place and of everything in a request but the page: neither can be changed by mistake."""
    asked = type(request)()
    asked.CopyFrom(request)
    asked.ClearField("page_token")
    asked.ClearField("page_size")
    # What was asked for is hashed first, so that its end and the beginning of the place cannot be taken for another.
    about = blake2b(asked.SerializeToString(deterministic=True), digest_size=_SEAL).digest()
    return blake2b(about + place, digest_size=_SEAL).digest()
