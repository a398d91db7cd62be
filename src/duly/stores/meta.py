"""The record by which a store remembers what it is: its layout version and its number of buckets."""

import json
from dataclasses import dataclass

from duly.engine.store import DEFAULT_BUCKETS, LAYOUT, MAX_BUCKETS, StoreCorrupt, WrongStore

META_KEY = b"\xff\xffduly"
"""Lies behind every bucket's keys."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What was decided when the store was created."""

    layout: int
    buckets: int


def found(buckets: int | None) -> Meta:
    """The record of a new store; raises `WrongStore` for an impossible number of buckets."""
    wanted = DEFAULT_BUCKETS if buckets is None else buckets
    if not 1 <= wanted <= MAX_BUCKETS:
        raise WrongStore(f"a store has 1 to {MAX_BUCKETS} buckets, not {wanted}")
    return Meta(LAYOUT, wanted)


def encode(meta: Meta) -> bytes:
    return json.dumps({"layout": meta.layout, "buckets": meta.buckets}).encode()


def decode(record: bytes, place: str) -> Meta:
    """The record found at `place`; raises `StoreCorrupt` when it cannot be read."""
    try:
        fields = json.loads(record)
        return Meta(int(fields["layout"]), int(fields["buckets"]))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorrupt(f"`{place}` is a duly store whose own record cannot be read") from error


def admit(meta: Meta, buckets: int | None, place: str) -> None:
    """Raise `WrongStore` when this duly, or a caller who asks for `buckets`, cannot use the store at `place`."""
    if meta.layout > LAYOUT:
        raise WrongStore(
            f"`{place}` was made by a newer duly: it has layout {meta.layout}, this one knows layouts up to {LAYOUT}"
        )
    if buckets is not None and buckets != meta.buckets:
        raise WrongStore(
            f"`{place}` was created with {meta.buckets} buckets and cannot be opened with {buckets}; "
            "the number is chosen once, at creation"
        )
