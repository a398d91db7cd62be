"""Lengths of time as options are given them."""

from __future__ import annotations

import re

import click

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_WRITTEN = re.compile(r"(\d{1,6})([smhdw])")
FOREVER = "forever"


class Length(click.ParamType["int | None"]):
    """`30d`, `12h` or `forever`, as microseconds or None."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """The length; ends the command when it is none."""
        if isinstance(value, int) or value == FOREVER:
            return value if isinstance(value, int) else None
        match = _WRITTEN.fullmatch(str(value))
        if match is None or not int(match[1]):
            self.fail(f"`{value}` is not a length of time like 30d, 12h or {FOREVER}", param, ctx)
        return int(match[1]) * _UNITS[match[2]] * 1_000_000
