"""`duly lint`: what is wrong with rule files."""

from __future__ import annotations

import click

from duly.cli.output import show
from duly.cli.rule_files import decoded, read_files
from duly.diagnostics import Severity
from duly.report.findings import FORMATS


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--output-format",
    "format",
    type=click.Choice(FORMATS),
    default="full",
    envvar="DULY_OUTPUT_FORMAT",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="The same as --output-format json.")
@click.option(
    "--fail-on",
    type=click.Choice([severity.word for severity in Severity]),
    default=Severity.WARNING.word,
    show_default=True,
    help="The least bad finding that makes the exit code 1.",
)
@click.option("--stdin-filename", default="<stdin>", metavar="NAME", help="What to call the standard input.")
def command(paths: tuple[str, ...], format: str, as_json: bool, fail_on: str, stdin_filename: str) -> int:
    """Check rule files.

    PATH is a file, a folder of .duly files, or - for the standard input; all of them together are one rule set. The
    exit code is 0 when there is nothing to complain about, 1 when there is, 2 when a file cannot be read.
    """
    from duly.meaning.rule_set import read_rules

    files = read_files(paths, stdin_filename)
    sources, unreadable = decoded(files)
    found = read_rules(sources).diagnostics
    names = [file.name for file in files]
    findings = show([*unreadable, *found], names, "json" if as_json else format)
    if unreadable:
        return 2
    return int(findings.fail(Severity[fail_on.upper()]))
