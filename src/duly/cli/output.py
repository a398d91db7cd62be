"""How commands print: colours only for a terminal, diagnostics in the format that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

import click

from duly.diagnostics import Diagnostic, Severity, ordered
from duly.report.findings import Findings, render


def colours(to_stderr: bool = False) -> bool:
    """Whether the output is a terminal that may be coloured. `NO_COLOR` and `FORCE_COLOR` are obeyed."""
    if os.environ.get("NO_COLOR"):
        return False
    stream = sys.stderr if to_stderr else sys.stdout
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def show(diagnostics: Iterable[Diagnostic], files: Sequence[str], format: str, *, err: bool = False) -> Findings:
    """Print diagnostics in order, and return them."""
    coloured = colours(err)
    findings = Findings(tuple(ordered(diagnostics)), tuple(files), coloured)
    click.echo(render(findings, format), nl=False, err=err, color=coloured)
    return findings


def refuse_errors(diagnostics: Sequence[Diagnostic], files: Sequence[str], code: int) -> None:
    """Print diagnostics to standard error and end the command if one of them is an error."""
    if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
        show(diagnostics, files, "full", err=True)
        raise click.exceptions.Exit(code)
