"""`duly prelude`: the declarations that every rule set has."""

from __future__ import annotations

import click


@click.command("prelude")
def command() -> None:
    """Print what every rule set knows without being told."""
    from duly.meaning.rule_set import prelude

    click.echo(prelude().source.text, nl=False)
