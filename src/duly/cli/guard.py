"""Runs a command and turns whatever happens into an exit code; nobody gets to see a traceback unasked."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from duly.cli.commands import duly

INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended."""


def run(arguments: Sequence[str]) -> int:
    """The exit code of `duly ARGUMENTS…`. With `DULY_DEBUG=1` unforeseen errors are raised."""
    try:
        code = duly.main(list(arguments), prog_name="duly", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("DULY_DEBUG"):
            raise
        click.echo(unforeseen(error), err=True)
        return 2


def unforeseen(error: Exception) -> str:
    """One line about an error that is a mistake of this program."""
    what = " ".join(str(error).split())
    shown = f"{type(error).__name__}: {what}" if what else type(error).__name__
    return (
        f"duly: internal error: {shown}; this is a mistake in duly: "
        "please report it, with what DULY_DEBUG=1 prints besides"
    )
