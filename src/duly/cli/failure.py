"""What a command could not do, said in a sentence."""

from __future__ import annotations

from typing import IO, Any

import click

from duly.report.visible import visible


class Failure(click.ClickException):
    """Ends the command with exit code 2, one line, and a hint if there is something to do about it."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.details = details

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"duly: {visible(self.message)}", file=file, err=file is None)
        for detail in self.details:
            click.echo(f"  {visible(detail)}", file=file, err=file is None)
        if self.hint:
            click.echo(f"  {visible(self.hint)}", file=file, err=file is None)


def reason(error: OSError) -> str:
    """Why the operating system refused, in lower case: `no such file or directory`."""
    return (error.strerror or str(error)).lower()
