"""`duly lint`: what is wrong with rule files, or unwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from duly.cli.failure import Failure
from duly.cli.lint import choice
from duly.cli.lint.look import Wanted, look
from duly.cli.rule_files import STDIN
from duly.diagnostics import Severity
from duly.report.findings import FORMATS

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, and report the rest.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--select",
    type=click.UNPROCESSED,
    callback=choice.names,
    metavar="NAMES",
    help="Only these lint rules or groups, with commas between.",
)
@click.option(
    "--ignore",
    type=click.UNPROCESSED,
    callback=choice.names,
    metavar="NAMES",
    help="Not these lint rules or groups.",
)
@click.option(
    "--severity",
    type=click.UNPROCESSED,
    callback=choice.levels,
    metavar="NAME=LEVEL",
    help="Findings of a lint rule or group are an error, a warning, advice, or off.",
)
@click.option("--options", type=click.UNPROCESSED, callback=choice.options, default={}, hidden=True)
@click.option(
    "--fail-on",
    type=click.Choice([severity.word for severity in Severity]),
    default=Severity.WARNING.word,
    show_default=True,
    help="The least bad finding that makes the exit code 1.",
)
@click.option("--baseline", type=_FILE, help="Report only what this file does not know yet.")
@click.option("--write-baseline", type=_FILE, help="Remember all findings of lint rules in this file.")
@click.option(
    "--changed-since",
    metavar="COMMIT",
    help="Report only what is in statements that were not there, or read otherwise, at a commit of git.",
)
@click.option(
    "--output-format",
    "format",
    type=click.Choice(FORMATS),
    default="full",
    envvar="DULY_OUTPUT_FORMAT",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="The same as --output-format json.")
@click.option("--watch", is_flag=True, help="Look again whenever a file changes.")
@click.option("--stdin-filename", default="<stdin>", metavar="NAME", help="What to call the standard input.")
def command(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: Mapping[str, str],
    options: Mapping[str, dict[str, Any]],
    fail_on: str,
    format: str,
    as_json: bool,
    watch: bool,
    stdin_filename: str,
    changed_since: str | None,
    **others: Any,
) -> int:
    """Check rule files.

    PATH is a file, a folder of .duly files, or - for the standard input; all of them together are one rule set. The
    exit code is 0 when there is nothing to complain about, 1 when there is, 2 when a file cannot be read.

    A comment `# duly: ignore[name] until 2027-01-01` ignores a finding; `duly rule name` tells what a name means.
    """
    reads_stdin = STDIN in paths
    if watch and (reads_stdin or others["fix"] or others["write_baseline"]):
        raise Failure("--watch only looks at files: it goes with neither -, --fix nor --write-baseline")
    wanted = Wanted(
        paths=paths,
        chosen=choice.chosen(select, ignore, severity, options),
        today=_today(),
        format="json" if as_json else format,
        fail_on=Severity[fail_on.upper()],
        stdin=stdin_filename if reads_stdin else None,
        since=changed_since,
        **others,
    )
    return _watch(wanted) if watch else look(wanted)


def _today() -> date:
    return datetime.now(UTC).date()


def _watch(wanted: Wanted) -> int:
    from dataclasses import replace

    from duly.cli.lint.changes import changes

    code = 0
    for number, _ in enumerate(changes(wanted.paths)):
        if number:
            click.echo(f"\n{datetime.now().astimezone():%H:%M:%S}  looking again", err=True)
        try:
            code = look(replace(wanted, today=_today()))
        except Failure as failure:  # such as a file that is gone for a moment
            failure.show()
            code = failure.exit_code
    return code
