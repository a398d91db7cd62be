"""Zones that are a mere distance from UTC."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.lint.zones import is_fixed, zones_written
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.TIME, each=Checked)
def zone_without_summer_time(checked: Checked, world: World, report: Report) -> None:
    """
    A time zone is a fixed distance from UTC where a place is probably meant.

    `GMT` is not London and `EST` is not New York: for half of the year they are an hour off. The sign of `Etc/GMT+3` is
    the reverse of what people expect.

    Avoid:
        timezone "GMT"

    Prefer:
        timezone "Europe/London"
    """
    for source, span, name in zones_written(world):
        if is_fixed(name):
            message = f"`{name}` is a fixed distance from UTC and has no summer time"
            report(source, span, message, "name a place such as `Europe/London`, or `UTC` if that is meant")
