"""`duly test`: the tests that stand in rule files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duly.cli.failure import Failure
from duly.cli.output import colours, refuse_errors
from duly.cli.replacing import replace_file
from duly.cli.rule_files import STDIN, RuleFile, decoded, read_files
from duly.report.findings import counted
from duly.source import Source

if TYPE_CHECKING:
    from duly.meaning.check import Checked, WrittenTest
    from duly.testing.coverage import Coverage
    from duly.testing.run import Outcome

_MANY = 30
"""From so many tests on it takes long enough for a bar."""


@click.command("test")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "-k", "wanted", default="", metavar="NAME", help="Only tests with this in their name, in upper or lower case."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Also write them as JUnit XML to a file."
)
@click.option(
    "--coverage-fail-under",
    "least",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Fail when the tests reach less than this share of rules, conditions and edges of time.",
)
@click.option("--update", is_flag=True, help="Accept what happened: rewrite the expectations that did not hold.")
def command(
    paths: tuple[str, ...], wanted: str, as_json: bool, junit: Path | None, least: float | None, update: bool
) -> int:
    """Run the tests in rule files.

    PATH is a file, a folder of .duly files, or - for the standard input; all of them together are one rule set. The
    exit code is 0 when every test passes, 1 when one fails or too little is covered, 2 when the rules have errors.
    """
    from duly.testing.junit import results_junit

    if update and STDIN in paths:
        raise Failure("the standard input cannot be rewritten; give the file itself to --update")
    files = read_files(paths)
    sources = _sources(files)
    outcomes, coverage = _run(sources, wanted)
    if update and any(outcome.misses for outcome in outcomes):
        outcomes, coverage = _update(files, sources, outcomes, wanted)
    _show(outcomes, coverage, as_json)
    if junit is not None:
        junit.write_text(results_junit(outcomes), "utf-8")
    return int(not all(outcome.passed for outcome in outcomes) or _too_little(coverage, least))


def _sources(files: Sequence[RuleFile]) -> list[Source]:
    sources, unreadable = decoded(files)
    refuse_errors(unreadable, [file.name for file in files], 2)
    return sources


def _run(sources: Sequence[Source], wanted: str) -> tuple[list[Outcome], Coverage]:
    """Run the tests with `wanted` in their name; ends the command when the rules have errors or there are none."""
    from duly.meaning.rule_set import read_rules
    from duly.testing.coverage import Coverage
    from duly.testing.suite import run_suite

    checked = read_rules(sources)
    refuse_errors(checked.diagnostics, [source.name for source in sources], 2)
    tests = _chosen(checked, wanted)
    coverage = Coverage(checked.rule_set)
    with _progress(len(tests)) as watched:
        return list(watched(run_suite(checked, tests, coverage))), coverage


def _chosen(checked: Checked, wanted: str) -> list[WrittenTest]:
    tests = [test for test in checked.tests if wanted.casefold() in test.node.title.value.casefold()]
    if not tests:
        raise Failure(f"no test has `{wanted}` in its name" if checked.tests else "there are no tests in these files")
    return tests


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Iterable[Outcome]], Iterable[Outcome]]]:
    """A bar on a terminal while many tests run."""
    if total < _MANY or not sys.stderr.isatty():
        yield iter
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield lambda outcomes: bar.track(outcomes, total=total, description="testing")


def _update(
    files: Sequence[RuleFile], sources: Sequence[Source], outcomes: Sequence[Outcome], wanted: str
) -> tuple[list[Outcome], Coverage]:
    """Rewrite the files whose tests pass afterwards, and tell how they went then."""
    from duly.testing.acceptance import accepted

    rewritten = accepted(sources, outcomes)
    again, coverage = _run(rewritten, wanted)
    still = {outcome.source.name for outcome in again if outcome.misses}
    changed = [new for new, old in zip(rewritten, sources, strict=True) if new is not old and new.name not in still]
    for source in changed:
        _write(source, next(file for file in files if file.name == source.name))
    names = {source.name for source in changed}
    count = sum(len(outcome.misses) for outcome in outcomes if outcome.source.name in names)
    click.echo(f"rewrote {counted(count, 'expectation')} in {counted(len(changed), 'file')}", err=True)
    return again, coverage


def _write(source: Source, file: RuleFile) -> None:
    mark = b"\xef\xbb\xbf" if file.content.startswith(b"\xef\xbb\xbf") else b""
    replace_file(Path(file.name), mark + source.text.encode())


def _show(outcomes: Sequence[Outcome], coverage: Coverage, as_json: bool) -> None:
    from duly.testing.document import results_json
    from duly.testing.text import coverage_text, outcomes_text

    if as_json:
        click.echo(results_json(outcomes, coverage), nl=False)
        return
    click.echo(outcomes_text(outcomes, colours()), nl=False, color=colours())
    click.echo(coverage_text(coverage), nl=False)


def _too_little(coverage: Coverage, least: float | None) -> bool:
    if least is None or coverage.percent >= least:
        return False
    click.echo(f"the tests cover {coverage.percent:.1f}%, less than {least:g}%", err=True)
    return True
