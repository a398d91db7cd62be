"""Names of time zones that stand for another, and names that are no place at all."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from duly.lint.rule import World, written_parts
from duly.source import Source, Span
from duly.syntax import nodes

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


def zones_written(world: World) -> list[tuple[Source, Span, str]]:
    """Every zone that a rule set names, tests aside, with its place."""
    return world.once(_zones_written)


def _zones_written(world: World) -> list[tuple[Source, Span, str]]:
    found = world.once(written_parts)
    kinds = (nodes.At, nodes.AtBestTime, nodes.Between, nodes.Quiet, nodes.Timezone)
    zones = [(part.source, part.node.zone) for kind in kinds for part in found.get(kind, ())]
    return [(source, zone.span, zone.value) for source, zone in zones if zone.value is not None]
