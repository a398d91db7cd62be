# The compiled core, of which Python sees what the service and the tests need; instants are microseconds, UTC.

from collections.abc import Callable, Sequence

# The compiled core does not deal with this.
class Declined(ValueError): ...

# --- timing -----------------------------------------------------------------------------------------------------------

# As `duly.timing.zone.Zone`, until the instant `until`.
class Zone:
    @property
    def name(self) -> str: ...
    @property
    def until(self) -> int: ...
    def offset(self, instant: int) -> int: ...
    def wall(self, instant: int) -> int: ...
    def span(self, instant: int) -> tuple[int, int, int]: ...
    def calm(self, instant: int) -> int | None: ...
    def resolve(self, wall: int) -> int: ...
    def exists(self, day: int) -> bool: ...

# The zones by name, each loaded once by a function like `duly.native.zones.zone_parts`.
class Zones:
    def __init__(
        self, zone_parts: Callable[[str], tuple[list[int], list[int], list[int], int, list[int]] | None]
    ) -> None: ...
    def find(self, name: str) -> Zone | None: ...

class Arc:
    def __init__(self, start: int, end: int) -> None: ...

class Cap:
    def __init__(self, limit: int, unit: int, duration: int) -> None: ...

class Schedule:
    def __init__(
        self,
        *,
        at: Sequence[int],
        between: Sequence[Arc],
        weekdays: int,
        dates: Sequence[tuple[int, int]],
        seasons: Sequence[tuple[tuple[int, int], tuple[int, int]]],
        after: int,
        passed: int,
        grace: int,
        zone: str | None,
    ) -> None: ...

# The fields of `duly.timing.solve.Solution`: the outcome and the gates as numbers, no cap as -1.
def solve(
    schedule: Schedule,
    zone: Zone,
    *,
    base: int,
    now: int,
    expiry: int,
    quiet: Sequence[tuple[Arc, Zone]],
    caps: Sequence[tuple[Cap, Sequence[tuple[int, int]]]],
    gap: int,
    last_send: int | None,
    wait: int | None,
    calendar: Zone | None,
) -> tuple[int, int | None, int | None, int, int | None, int, int, int]: ...
def date_of(day: int) -> tuple[int, int, int]: ...
def day_of(year: int, month: int, day: int) -> int: ...

# Where the period around a wall time begins, and the next; units are those of `duly.native.timing`.
def period(unit: int, wall: int) -> tuple[int, int]: ...
