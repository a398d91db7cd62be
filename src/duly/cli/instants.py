"""Points in time as people read and write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall time from which wall times are counted


class Instant(click.ParamType["datetime"]):
    """ISO 8601 with a zone, such as `2026-03-08T18:00:00Z`."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The point in time; ends the command when it has no zone."""
        if isinstance(value, datetime):
            return value
        try:
            time = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"`{value}` is not a time like 2026-03-08T18:00:00Z", param, ctx)
        if time.tzinfo is None:
            self.fail(f"`{value}` has no zone; write {value}Z for UTC, or an offset like -05:00", param, ctx)
        return time


def utc_text(stamp: Timestamp) -> str:
    """`2024-05-01 17:00 UTC`, with seconds where there are any."""
    time = stamp.ToDatetime(UTC)
    return f"{_minutes(time)} UTC"


def local_text(stamp: Timestamp, zone_name: str) -> str:
    """`Wed 2024-05-01 18:00 in Europe/London (2024-05-01 17:00 UTC)`; just UTC when no zone is known."""
    from duly.timing.zone import UnknownZone, zone

    if zone_name in ("", "UTC"):
        return utc_text(stamp)
    try:
        wall = zone(zone_name).wall(stamp.ToMicroseconds())
    except UnknownZone:
        return utc_text(stamp)
    local = _EPOCH + timedelta(microseconds=wall)
    return f"{local:%a} {_minutes(local)} in {zone_name} ({utc_text(stamp)})"


def _minutes(time: datetime) -> str:
    if time.microsecond:
        return f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03}"
    return f"{time:%Y-%m-%d %H:%M:%S}" if time.second else f"{time:%Y-%m-%d %H:%M}"
