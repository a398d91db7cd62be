"""The command `duly` itself: which subcommands there are, and settings from `duly.toml`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from duly import __version__

_NAMES = (
    "serve",
    "lint",
    "rule",
    "format",
    "test",
    "plan",
    "diff",
    "schema",
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
    "prelude",
    "prompt",
    "lsp",
    "backup",
    "restore",
    "version",
)
"""Each is a module `duly.cli.NAME_command` with a command called `command`."""

BROKEN_PIPE = 141
"""What a shell reports for a program that a closed pipe ended."""


class Commands(click.Group):
    """Loads a subcommand when it is needed, so that those that need little start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _NAMES:
            return None
        command: click.Command = import_module(f"duly.cli.{cmd_name}_command").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Left to itself, click would exit with 1, which means findings here.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(BROKEN_PIPE) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _NAMES and not args[0].startswith("-"):
            from duly.vocabulary.words import nearest

            guess = nearest(args[0], _NAMES)
            ctx.fail(
                f"there is no command `{args[0]}`; " + (f"did you mean `{guess}`?" if guess else "see duly --help")
            )
        return super().resolve_command(ctx, args)


def version_text() -> str:
    """`duly 1.2.3 (tzdata 2026a, compiled core)`."""
    from duly import native
    from duly.timing.zone import TZDATA_VERSION

    return f"duly {__version__} (tzdata {TZDATA_VERSION}, {'' if native.LOADED else 'no '}compiled core)"


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(version_text())
        context.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the versions of duly and of its time zone data, and whether it has a compiled core.",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="DULY_CONFIG",
    help="A file of settings.  [default: duly.toml, if there is one]",
)
@click.pass_context
def duly(context: click.Context, config: Path | None) -> None:
    """Decide whether to notify a user now, later or not, and why.

    Settings come from options, from variables of the environment called DULY_…, and from duly.toml, in that order.
    """
    from duly.cli.configuration import defaults

    context.default_map = defaults(config, lambda name: duly.get_command(context, name))
