"""`duly publish`: makes rule files the current ones of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duly.cli.change_text import changes_text
from duly.cli.connecting import Server, connection
from duly.cli.output import refuse_errors, show
from duly.cli.rule_files import RuleFile, decoded, read_files, rule_set_files
from duly.diagnostics import Diagnostic, Severity
from duly.source import Position, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duly.v1 import diagnostic_pb2


@click.command("publish")
@click.argument("path")
@click.option("--check-only", is_flag=True, help="Check, and show what would change, but publish nothing.")
@click.option("--etag", default="", help="Publish only if the current rules are those of this etag.")
@click.option(
    "--shadow", is_flag=True, help="Let the rules decide beside those in force, for `duly shadow` to compare."
)
@click.option("--message", "description", default="", metavar="TEXT", help="What to remember about this version.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@connection
def command(
    server: Server, path: str, check_only: bool, etag: str, shadow: bool, description: str, as_json: bool
) -> None:
    """Publish a rule set: a file, a folder of .duly files, or - for the standard input.

    The exit code is 1 when the rules have errors.
    """
    files = read_files([path], "rules.duly")
    names = [file.name for file in files]
    sources, unreadable = decoded(files)
    refuse_errors(unreadable, names, 2)
    contents = rule_set_files(files)
    with server.client(timeout=60.0) as client:
        checked = client.check(contents)
        refuse_errors(_diagnostics(checked.diagnostics, files, sources), names, 1)
        published = client.publish(
            contents, etag=etag, validate_only=check_only, shadow=shadow, description=description
        )
    if as_json:
        from google.protobuf.json_format import MessageToJson

        click.echo(MessageToJson(published, preserving_proto_field_name=True, ensure_ascii=False))
        return
    if published.diagnostics:
        show(_diagnostics(published.diagnostics, files, sources), names, "full", err=True)
    click.echo(changes_text(published, check_only, shadow), nl=False)


def _diagnostics(
    found: Iterable[diagnostic_pb2.Diagnostic], files: list[RuleFile], sources: list[Source]
) -> list[Diagnostic]:
    """The service's diagnostics, at their places in the files of this machine."""
    names = {file.inside: file.name for file in files}
    by_name = {source.name: source for source in sources}
    return [_diagnostic(each, by_name.get(names.get(each.file, ""))) for each in found]


def _diagnostic(found: diagnostic_pb2.Diagnostic, source: Source | None) -> Diagnostic:
    place = source or Source(found.file, "\n" * (max(found.line, 1) - 1) + found.source_line)
    start = place.offset(Position(found.line, found.column))
    end = place.offset(Position(found.end_line, found.end_column))
    severity = Severity(found.severity or Severity.ERROR)
    return Diagnostic(place, Span(start, max(start, end)), found.code, found.message, found.hint, severity)
