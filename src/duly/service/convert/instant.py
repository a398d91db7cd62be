"""Between protobuf timestamps and durations and the engine's microseconds."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

SECOND = 1_000_000
"""One second in microseconds."""

LAST = 253_402_300_799
"""The last second a protobuf timestamp may hold, the end of the year 9999."""


def instant_of(stamp: Timestamp) -> int:
    """The instant of a timestamp; digits past the microsecond are dropped."""
    return stamp.seconds * SECOND + stamp.nanos // 1000


def put_instant(stamp: Timestamp, instant: int) -> None:
    """Set a timestamp to an instant."""
    stamp.seconds, micros = divmod(instant, SECOND)
    stamp.nanos = micros * 1000


def in_range(stamp: Timestamp) -> bool:
    """Whether a timestamp is one: between the years 1 and 9999, with less than a second of nanoseconds."""
    return -62_135_596_800 <= stamp.seconds <= LAST and 0 <= stamp.nanos < 1_000_000_000


def span_of(duration: Duration) -> int:
    """The microseconds of a duration."""
    return duration.seconds * SECOND + int(duration.nanos / 1000)
