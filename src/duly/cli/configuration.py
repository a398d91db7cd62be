"""Settings from `duly.toml`: a table for each command, `[client]` for all that talk to a service, and `[privacy]`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from duly.cli.failure import Failure, reason
from duly.vocabulary.words import nearest

FILE = Path("duly.toml")
CLIENT = "client"
CLIENTS = (
    "publish",
    "versions",
    "rollback",
    "shadow",
    "ingest",
    "decide",
    "preview",
    "decisions",
    "explain",
    "watch",
    "report",
    "prefer",
    "export",
    "delete",
    "backup",
)
PRIVACY = "privacy"
PRIVATE = ("decisions", "explain")
"""The commands that show what is kept about users; `[privacy]` holds for them."""

FindCommand = Callable[[str], click.Command | None]


def defaults(path: Path | None, find: FindCommand) -> dict[str, Any]:
    """
    What `duly.toml` (or `path`, which then has to exist) says, by command and parameter.

    Raises `Failure` for a file that cannot be read and for tables and keys that mean nothing.
    """
    file = path or FILE
    if path is None and not file.is_file():
        return {}
    tables = _read(file)
    shared = {CLIENT: (tables.pop(CLIENT, {}), CLIENTS), PRIVACY: (tables.pop(PRIVACY, {}), PRIVATE)}
    found = {name: _settings(file, name, table, _command(file, name, find)) for name, table in tables.items()}
    for title, (table, commands) in shared.items():
        if table:
            common = _settings(file, title, table, _command(file, commands[1], find))
            found |= {name: {**common, **found.get(name, {})} for name in commands}
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise Failure(f"cannot read {file}: {reason(error)}") from error
    except ValueError as error:
        raise Failure(f"{file} is not valid TOML: {error}") from error


def _command(file: Path, name: str, find: FindCommand) -> click.Command:
    command = find(name)
    if command is None:
        raise Failure(
            f"{file}: there is no command `{name}`", "settings stand in a table for their command, as [serve]"
        )
    return command


def _settings(file: Path, table: str, settings: object, command: click.Command) -> dict[str, Any]:
    if not isinstance(settings, Mapping):
        raise Failure(f"{file}: `{table}` stands outside of any table", "put it into one, as [serve]")
    known = dict(_names(command))
    found: dict[str, Any] = {}
    for key, value in settings.items():
        name = key.replace("_", "-")
        if name not in known:
            guess = nearest(name, known)
            raise Failure(f"{file}: [{table}] has no setting `{key}`", f"did you mean `{guess}`?" if guess else "")
        found[known[name]] = value
    return found


def _names(command: click.Command) -> Iterator[tuple[str, str]]:
    """What a setting is called in the file, as the option is on the command line, and its parameter's name."""
    for parameter in command.params:
        for option in parameter.opts:
            if parameter.name is not None:
                yield option.lstrip("-"), parameter.name
