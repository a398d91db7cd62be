"""The time zone names there are, from the `tzdata` package and never from the operating system."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def zone_names() -> frozenset[str]:
    """Every name in the installed `tzdata` package, aliases included."""
    listed = resources.files("tzdata").joinpath("zones").read_text("utf-8")
    return frozenset(listed.split())


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA time zone; case matters."""
    return name in zone_names()
