"""`duly lsp`: the language server for editors."""

from __future__ import annotations

from importlib.util import find_spec

import click

from duly.cli.failure import Failure


@click.command("lsp")
@click.option(
    "--stdio", is_flag=True, expose_value=False, help="Talk over standard input and output; the only way there is."
)
def command() -> None:
    """Serve editors: problems while typing, fixes, completion, hover, rename and more.

    An editor starts it and talks to it over standard input and output, as the Language Server Protocol says.
    """
    if find_spec("pygls") is None:
        raise Failure("`duly lsp` needs the extra `lsp`, which is not installed", "run `pip install 'duly[lsp]'`")
    from duly.lsp.features import serve

    serve()
