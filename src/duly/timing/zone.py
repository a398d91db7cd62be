"""Time zones from the `tzdata` package, never from the operating system, in whole microseconds."""

from __future__ import annotations

import struct
import zoneinfo
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import tzdata  # type: ignore[import-untyped]

from duly.meaning.model import DAY, SECOND, WEEK
from duly.vocabulary.zones import zone_names

if TYPE_CHECKING:
    from collections.abc import Iterable

# Files of the operating system are years old on many images; anything else that reads zones in
# this process shall see the same data as we do.
zoneinfo.reset_tzpath(())

TZDATA_VERSION: Final[str] = tzdata.IANA_VERSION
"""The release of the IANA database in use, such as `2026a`."""

Span = tuple[int, int, int]
"""`(low, high, offset)`: the offset in microseconds that holds in `[low, high)`."""

_ALWAYS = 1 << 62
_RULES_END = int(datetime(2500, 1, 1, tzinfo=UTC).timestamp()) * SECOND
_EARLIEST_LISTED = -(1 << 35)  # seconds; some files list the Big Bang, which `datetime` cannot hold
_CALM = 2 * DAY
_STRIDE = 8 * WEEK // SECOND  # by rule a zone changes twice a year, the two far apart


class UnknownZone(ValueError):
    """The text is not the name of a zone in `tzdata`. `.name` is what was given, whatever it was."""

    def __init__(self, name: object) -> None:
        super().__init__(f"`{name}` is not a time zone")
        self.name = name


class Changes(NamedTuple):
    """
    Instants at which the offset changes, the offset from each on, and where each begins on the wall.

    Complete before the instant `until`. `walls[k]` is the first wall time that means the offset `k`: of a gap the
    wall times belong to the offset before it, and so move forward; of an overlap too, and so mean the first.
    """

    starts: list[int]
    offsets: list[int]
    walls: list[int]
    until: int


class Zone:
    """
    One zone. Instants are microseconds since the Unix epoch, UTC.

    A wall time is an instant plus the offset that holds then: microseconds since 1970-01-01 00:00 on the local clock.
    Right from the first listed change on and, by the rules of the zone, until the year 2500; what holds then stays.
    """

    __slots__ = ("_changes", "_info", "_lock", "_seen", "_seen_wall", "_skipped", "name")

    def __init__(self, name: str) -> None:
        data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
        listed, has_rules = _listed(data)
        self.name = name
        self._info = zoneinfo.ZoneInfo.from_file(BytesIO(data), key=name)
        self._lock = Lock()
        last = max([0, *listed]) * SECOND
        until = min(last + SECOND, _RULES_END) if has_rules else _ALWAYS
        self._changes = self._append(Changes([], [], [], until), listed)
        self._skipped = frozenset(_skipped_days(self._changes))
        self._seen: Span = (0, 0, 0)
        self._seen_wall: Span = (0, 0, 0)

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"

    def offset(self, instant: int) -> int:
        """What the clocks show more than UTC at `instant`, in microseconds."""
        low, high, offset = self._seen
        return offset if low <= instant < high else self._seek(instant)[2]

    def wall(self, instant: int) -> int:
        """The wall time at `instant`."""
        low, high, offset = self._seen
        return instant + (offset if low <= instant < high else self._seek(instant)[2])

    def span(self, instant: int) -> Span:
        """The stretch of one offset around `instant`; as far as looked up, so that it may go on after its end."""
        seen = self._seen
        return seen if seen[0] <= instant < seen[1] else self._seek(instant)

    def calm(self, instant: int) -> int | None:
        """The offset when no clock changes within two days of `instant`, else None."""
        low, high, offset = self._seen
        if not low <= instant < high:
            low, high, offset = self._seek(instant)
        return offset if low + _CALM <= instant < high - _CALM else None

    def resolve(self, wall: int) -> int:
        """
        The instant a wall time means.

        One inside a gap moves forward by the length of the gap; of two instants with the same wall time, the first.
        """
        low, high, offset = self._seen_wall
        return wall - (offset if low <= wall < high else self._seek_wall(wall)[2])

    def exists(self, day: int) -> bool:
        """Whether the local date that is `day` days after 1970-01-01 ever was; some were skipped whole."""
        return day not in self._skipped

    def known(self, instant: int) -> tuple[Changes, frozenset[int]]:
        """The changes of the clock, complete at least until after `instant`, and the local dates that never were."""
        return self._known(instant), self._skipped

    def _seek(self, instant: int) -> Span:
        starts, offsets, _, until = self._known(instant)
        index = bisect_right(starts, instant)
        high = starts[index] if index < len(starts) else until
        self._seen = seen = (starts[index - 1], high, offsets[index - 1])
        return seen

    def _seek_wall(self, wall: int) -> Span:
        _, offsets, walls, until = self._known(wall + DAY)
        index = bisect_right(walls, wall)
        high = walls[index] if index < len(walls) else until - DAY
        self._seen_wall = seen = (walls[index - 1], high, offsets[index - 1])
        return seen

    def _known(self, instant: int) -> Changes:
        if instant < self._changes.until:
            return self._changes
        with self._lock:
            if instant >= self._changes.until:
                self._changes = self._grown(instant)
            return self._changes

    def _grown(self, instant: int) -> Changes:
        stop = (min(instant, _RULES_END) + 60 * WEEK) // SECOND
        second = self._changes.until // SECOND - 1
        found = []
        while second < stop:
            found += self._between(second, second + _STRIDE)
            second += _STRIDE
        until = (second + 1) * SECOND
        changes = self._changes._replace(until=until if until < _RULES_END else _ALWAYS)
        return self._append(changes, found)

    def _between(self, low: int, high: int) -> list[int]:
        """The change in `(low, high]`, all in seconds, if there is one."""
        offset = self._look_up(low)
        if self._look_up(high) == offset:
            return []
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._look_up(middle) == offset else (low, middle)
        return [high]

    def _append(self, known: Changes, seconds: list[int]) -> Changes:
        starts, offsets, walls = list(known.starts), list(known.offsets), list(known.walls)
        if not starts:
            starts.append(-_ALWAYS)
            offsets.append(self._look_up(seconds[0] - 1 if seconds else 0))
            walls.append(-_ALWAYS)
        for second in seconds:
            offset = self._look_up(second)
            if offset != offsets[-1]:
                starts.append(second * SECOND)
                walls.append(second * SECOND + max(offset, offsets[-1]))
                offsets.append(offset)
        return Changes(starts, offsets, walls, known.until)

    def _look_up(self, second: int) -> int:
        offset = datetime.fromtimestamp(second, self._info).utcoffset() or timedelta(0)
        return offset // timedelta(microseconds=1)


@cache
def _load(name: str) -> Zone:
    return Zone(name)


def zone(name: object) -> Zone:
    """The zone of that IANA name; case matters. Raises `UnknownZone` for anything else, also for what is not text."""
    if not isinstance(name, str) or name not in zone_names():
        raise UnknownZone(name)
    return _load(name)


def known_zones() -> frozenset[str]:
    """The names `zone` takes, aliases included."""
    return zone_names()


class ZoneChoice(NamedTuple):
    """The zone in force, where it came from, and the `(source, name)` pairs before it that name no zone."""

    zone: Zone
    source: str
    rejected: tuple[tuple[str, object], ...] = ()


def pick_zone(candidates: Iterable[tuple[str, object]]) -> ZoneChoice:
    """
    The first valid candidate; UTC with the source `utc` when there is none.

    Candidates are `(source, name)` in order of precedence, with the sources `rule`, `trait timezone`,
    `context timezone`, `house`. A name that is None was not given, and is not reported as rejected.
    """
    rejected: list[tuple[str, object]] = []
    for source, name in candidates:
        if name is None:
            continue
        try:
            return ZoneChoice(zone(name), source, tuple(rejected))
        except UnknownZone:
            rejected.append((source, name))
    return ZoneChoice(zone("UTC"), "utc", tuple(rejected))


def _listed(data: bytes) -> tuple[list[int], bool]:
    """
    The changes a zone file lists, in seconds, and whether a rule continues them (RFC 8536, sections 3.1 to 3.3).

    `zoneinfo` reads the same file but tells no one when its changes are.
    """
    header = struct.Struct(">20x6l")
    utc_flags, standard_flags, leaps, times, types, letters = header.unpack_from(data)
    skipped = times * 5 + types * 6 + letters + leaps * 8 + standard_flags + utc_flags
    start = header.size + skipped
    times = header.unpack_from(data, start)[3]
    listed = struct.unpack_from(f">{times}q", data, start + header.size)
    footer = data.rsplit(b"\n", 2)[1]
    return [second for second in listed if second > _EARLIEST_LISTED], b"," in footer


def _skipped_days(changes: Changes) -> Iterable[int]:
    starts, offsets, _, _ = changes
    for start, before, after in zip(starts[1:], offsets, offsets[1:], strict=False):
        yield from range(-((start + before) // -DAY), (start + after) // DAY)
