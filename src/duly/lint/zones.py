"""Names of time zones that stand for another, and names that are no place at all."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_FIXED = re.compile(r"(?:Etc/)?(?:GMT|UCT)(?:[+-]?\d+)?|EST|MST|HST")


@cache
def successors() -> dict[str, str]:
    """
    Outdated names of zones with the names that replaced them, from the `tzdata` package.

    A name in its table of countries is current even where it shares the clock of another, such as Stockholm's.
    """
    data = resources.files("tzdata").joinpath("zoneinfo")
    table = data.joinpath("zone.tab").read_text("utf-8").splitlines()
    current = {line.split("\t")[2] for line in table if not line.startswith("#")}
    links = (line.split() for line in data.joinpath("tzdata.zi").read_text("utf-8").splitlines() if line[:2] == "L ")
    return {name: target for _, target, name in links if name not in current and target in current}


def is_fixed(name: str) -> bool:
    """Whether a zone is a mere distance from UTC, which knows no summer time; UTC itself says so and is none."""
    return _FIXED.fullmatch(name) is not None
