"""`duly format`: rule files in the one layout."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from duly.cli.failure import Failure, reason
from duly.cli.output import show
from duly.cli.rule_files import STDIN, RuleFile, decoded, read_files
from duly.diagnostics import Diagnostic
from duly.report.findings import counted
from duly.source import Source


@click.command("format")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--check", is_flag=True, help="Change nothing; the exit code is 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Change nothing, but show what would change.")
@click.option("--stdin-filename", default="<stdin>", metavar="NAME", help="What to call the standard input.")
def command(paths: tuple[str, ...], check: bool, diff: bool, stdin_filename: str) -> int:
    """Lay out rule files in the one way.

    PATH is a file, a folder of .duly files, or - to read the standard input and write the standard output. A file with
    a syntax error is left as it is.
    """
    files = read_files(paths, stdin_filename)
    sources, unreadable = decoded(files)
    results = [(source, *_formatted(source)) for source in sources]
    bad = [*unreadable, *(diagnostic for _, _, found in results for diagnostic in found)]
    changed = [(source, text) for source, text, _ in results if text is not None and text != _original(source, files)]
    if diff:
        for source, text in changed:
            click.echo(_difference(source, text), nl=False)
    elif not check:
        _write(changed, [(source, text) for source, text, _ in results], stdin_filename if STDIN in paths else None)
    _report(bad, changed, len(files), dry=check or diff)
    if unreadable:
        return 2
    return int(bool(bad) or (bool(changed) and (check or diff)))


def _formatted(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    from duly.syntax.format import format_source
    from duly.syntax.parse import parse

    parsed = parse(source)
    return (None, parsed.diagnostics) if parsed.diagnostics else (format_source(parsed), ())


def _original(source: Source, files: list[RuleFile]) -> str:
    """The text as it is on disk, where a byte order mark is not forgotten."""
    content = next(file.content for file in files if file.name == source.name)
    return content.decode("utf-8")


def _write(changed: list[tuple[Source, str]], all: list[tuple[Source, str | None]], stdin: str | None) -> None:
    for source, text in changed:
        if source.name != stdin:
            _replace(Path(source.name), text)
    for source, formatted in all:
        if source.name == stdin:
            sys.stdout.buffer.write((source.text if formatted is None else formatted).encode())
            sys.stdout.buffer.flush()


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written; a link stays a link, permissions stay."""
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.formatted")
    try:
        temporary.write_bytes(text.encode())
        temporary.chmod(target.stat().st_mode)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Failure(f"cannot write {path}: {reason(error)}") from error


def _difference(source: Source, text: str) -> str:
    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, source.name, source.name))


def _report(bad: list[Diagnostic], changed: list[tuple[Source, str]], files: int, *, dry: bool) -> None:
    if bad:
        show(bad, sorted({diagnostic.source.name for diagnostic in bad}), "full", err=True)
    if dry:
        for source, _ in changed:
            click.echo(f"would change {source.name}", err=True)
    verb = "would change" if dry else "changed"
    click.echo(f"{verb} {counted(len(changed), 'file')} of {files}", err=True)
