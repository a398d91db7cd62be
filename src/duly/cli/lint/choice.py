"""What to lint for, out of options and `duly.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from duly.cli.failure import Failure
from duly.diagnostics import Severity

if TYPE_CHECKING:
    from duly.lint.selection import Selection

OFF = "off"
_SEVERITIES = {severity.word: severity for severity in Severity}


def names(_context: click.Context, _parameter: click.Parameter, value: Any) -> tuple[str, ...]:
    """Names with commas between them, in `duly.toml` also a list, one by one."""
    return _names(value)


def levels(context: click.Context, parameter: click.Parameter, value: Any) -> dict[str, str]:
    """`NAME=LEVEL` with commas between them, in `duly.toml` a table, as the level by name."""
    found = dict(value) if isinstance(value, Mapping) else dict(map(_pair, _names(value)))
    for name, level in found.items():
        if level not in (*_SEVERITIES, OFF):
            message = f"`{name}` is to be `{level}`, which is none of {', '.join(_SEVERITIES)}, {OFF}"
            raise click.BadParameter(message, context, parameter)
    return found


def options(context: click.Context, parameter: click.Parameter, value: Any) -> dict[str, dict[str, Any]]:
    """A table of settings for each lint rule, from `duly.toml`."""
    if not isinstance(value, Mapping) or not all(isinstance(table, Mapping) for table in value.values()):
        message = "put settings of lint rules into tables, as [lint.options.rule-name]"
        raise click.BadParameter(message, context, parameter)
    return {name: dict(table) for name, table in value.items()}


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(str(name) for name in value)
    return tuple(name.strip() for name in str(value or "").split(",") if name.strip())


def _pair(text: str) -> tuple[str, str]:
    name, _, level = text.partition("=")
    return name.strip(), level.strip()


def chosen(
    select: Iterable[str], ignore: Iterable[str], graded: Mapping[str, str], options: Mapping[str, dict[str, Any]]
) -> Selection:
    """What to run, and how bad it is. Raises `Failure` for a name nobody knows."""
    from duly.lint.selection import UnknownLintRule, selection

    off = [name for name, level in graded.items() if level == OFF]
    severities = {name: _SEVERITIES[level] for name, level in graded.items() if level != OFF}
    try:
        return selection(select, [*ignore, *off], severities, options)
    except UnknownLintRule as error:
        hint = f"did you mean `{error.guess}`?" if error.guess else "`duly rule` lists lint rules and groups"
        raise Failure(str(error), hint) from error
