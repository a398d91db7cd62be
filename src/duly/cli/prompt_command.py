"""`duly prompt`: what to tell a language model so that it can write rules."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("prompt")
@click.argument("plan", required=False, type=click.Path(dir_okay=False, path_type=Path))
def command(plan: Path | None) -> None:
    """Print a prompt with which a language model writes rules.

    It holds the language in short, the grammar, examples, what to avoid, and the events and properties of the tracking
    plan in the file PLAN, if one is given. Put what you want in a sentence behind it, and check the answer with
    `duly lint -`.
    """
    from duly.cli.failure import Failure, reason
    from duly.prompt import prompt
    from duly.vocabulary.tracking_plan import UnreadablePlan, plan_beside

    try:
        read = plan_beside("", str(plan)) if plan is not None else None
    except OSError as error:
        raise Failure(f"cannot read {plan}: {reason(error)}") from error
    except UnreadablePlan as error:
        raise Failure(f"{plan} is not a tracking plan: {error}") from error
    click.echo(prompt(read), nl=False)
