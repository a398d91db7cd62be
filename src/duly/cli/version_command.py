"""`duly version`: which duly this is."""

from __future__ import annotations

import click

from duly import __version__
from duly.cli.commands import version_text


@click.command("version")
@click.option("--json", "as_json", is_flag=True, help="Print the versions as JSON.")
def command(as_json: bool) -> None:
    """Show the versions of duly and of its time zone data, and whether it has a compiled core."""
    if not as_json:
        click.echo(version_text())
        return
    from json import dumps

    from duly import native
    from duly.timing.zone import TZDATA_VERSION

    click.echo(dumps({"duly": __version__, "tzdata": TZDATA_VERSION, "native": native.LOADED}))
