"""One look at rule files: what is found, what of it counts, and what is done about it."""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duly.cli.failure import Failure, reason
from duly.cli.output import show
from duly.cli.replacing import replace_file
from duly.cli.rule_files import RuleFile, decoded, read_files
from duly.diagnostics import Diagnostic, Severity
from duly.report.findings import counted
from duly.source import Source
from duly.syntax.limits import decode

if TYPE_CHECKING:
    from duly.lint.baseline import Baseline
    from duly.lint.fix import Mended
    from duly.lint.selection import Selection
    from duly.syntax.parse import Parsed

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What was asked for.

    `today` is a date in UTC. `stdin` is what the standard input is called, None when it is not read. `since` names a
    commit of git. `fix` applies fixes, `diff` only shows what they would change.
    """

    paths: tuple[str, ...]
    chosen: Selection
    today: date
    format: str
    fail_on: Severity
    stdin: str | None = None
    fix: bool = False
    diff: bool = False
    baseline: Path | None = None
    write_baseline: Path | None = None
    since: str | None = None


def look(wanted: Wanted) -> int:
    """Look once; the exit code."""
    from duly.syntax.collection import collection_paused
    from duly.syntax.parse import parse

    files = read_files(wanted.paths, wanted.stdin or "")
    sources, unreadable = decoded(files)
    with collection_paused():
        parsed = [parse(source) for source in sources]
        counts = _filter(wanted, [source.name for source in sources])
        found_in = _finder(wanted, counts)
        if wanted.fix or wanted.diff:
            return _mend(wanted, files, parsed, unreadable, found_in)
        found = found_in(parsed)
    if wanted.write_baseline is not None:
        found = _write_baseline(wanted.write_baseline, found)
    findings = show([*unreadable, *found], [file.name for file in files], wanted.format)
    return 2 if unreadable else int(findings.fail(wanted.fail_on))


Finder = Callable[[Sequence["Parsed"]], list[Diagnostic]]
Filter = Callable[[list[Diagnostic]], list[Diagnostic]]


def _finder(wanted: Wanted, counts: Filter) -> Finder:
    from duly.lint.findings import findings
    from duly.meaning.check import check
    from duly.meaning.rule_set import prelude

    return lambda files: counts(findings(check(files, prelude=prelude()), wanted.today, wanted.chosen))


def _filter(wanted: Wanted, names: Sequence[str]) -> Filter:
    """Lets those findings through that are new."""
    filters: list[Filter] = []
    if wanted.baseline is not None:
        known, name_of = _read_baseline(wanted.baseline), _name_beside(wanted.baseline)
        filters.append(lambda found: known.new(found, name_of))
    if wanted.since is not None:
        from duly.cli.lint.history import earlier

        before = earlier(names, [wanted.stdin] if wanted.stdin else [], wanted.since)
        filters.append(before.new)

    def counts(found: list[Diagnostic]) -> list[Diagnostic]:
        for each in filters:
            found = each(found)
        return found

    return counts


# --- baselines --------------------------------------------------------------------------------------------------------


def _read_baseline(path: Path) -> Baseline:
    from duly.lint.baseline import Baseline, UnreadableBaseline

    try:
        return Baseline.read(path.read_text("utf-8"))
    except OSError as error:
        raise Failure(f"cannot read {path}: {reason(error)}", "make one with --write-baseline") from error
    except ValueError as error:
        why = str(error) if isinstance(error, UnreadableBaseline) else "it is not UTF-8"
        raise Failure(f"cannot read {path}: {why}") from error


def _write_baseline(path: Path, found: list[Diagnostic]) -> list[Diagnostic]:
    """Remember all findings that can be left for later; the others."""
    from duly.lint.baseline import Baseline
    from duly.lint.run import lint_rules

    known = [each for each in found if each.code in lint_rules()]
    try:
        path.write_text(Baseline.of(known, _name_beside(path)).text, "utf-8")
    except OSError as error:
        raise Failure(f"cannot write {path}: {reason(error)}") from error
    click.echo(f"wrote {counted(len(known), 'finding')} to {path}", err=True)
    return [each for each in found if each.code not in lint_rules()]


def _name_beside(baseline: Path) -> Callable[[str], str]:
    """What a baseline calls a file: its path from the folder of the baseline on, the same from wherever one works."""
    folder = baseline.absolute().parent

    def name_of(file: str) -> str:
        path = Path(file).absolute()
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file

    return name_of


# --- fixes ------------------------------------------------------------------------------------------------------------


def _mend(
    wanted: Wanted, files: Sequence[RuleFile], parsed: Sequence[Parsed], unreadable: list[Diagnostic], found_in: Finder
) -> int:
    from duly.lint.fix import mend

    mended = mend(parsed, found_in)
    pairs = zip(parsed, mended.files, strict=True)
    changed = [(before.source, after.source) for before, after in pairs if before is not after]
    if wanted.diff:
        click.echo("".join(_difference(*pair) for pair in changed), nl=False)
    else:
        _write(wanted, files, changed)
    _tell(mended, len(changed), dry=wanted.diff)
    aside = wanted.diff or wanted.stdin is not None
    findings = show([*unreadable, *mended.left], [file.name for file in files], wanted.format, err=aside)
    if unreadable:
        return 2
    return int(findings.fail(wanted.fail_on) or (wanted.diff and bool(changed)))


def _difference(before: Source, after: Source) -> str:
    lines = before.text.splitlines(keepends=True), after.text.splitlines(keepends=True)
    return "".join(difflib.unified_diff(*lines, before.name, after.name))


def _write(wanted: Wanted, files: Iterable[RuleFile], changed: Iterable[tuple[Source, Source]]) -> None:
    """Write the files that changed, and the standard input, changed or not, to the standard output."""
    after = {source.name: source for _, source in changed}
    for file in files:
        fixed = after.get(file.name)
        if file.name == wanted.stdin:
            source = fixed or decode(file.name, file.content)
            content = file.content if isinstance(source, Diagnostic) else source.text.encode()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        elif fixed is not None:
            mark = _MARK if file.content.startswith(_MARK) else b""
            replace_file(Path(file.name), mark + fixed.text.encode())


def _tell(mended: Mended, files: int, *, dry: bool) -> None:
    """Say what was fixed, and what was not because it would have changed more."""
    total, verb = mended.applied.total(), "would fix" if dry else "fixed"
    by_rule: Counter[str] = Counter()
    for (_, code), count in mended.applied.items():
        by_rule[code] += count
    listed = ", ".join(f"{code} ({count} times)" if count > 1 else code for code, count in sorted(by_rule.items()))
    what = f": {listed}" if listed else ""
    click.echo(f"{verb} {counted(total, 'finding')} in {counted(files, 'file')}{what}", err=True)
    for each in mended.refused:
        message = f"{each.location}: the fix of `{each.code}` would change more than it says and was left out"
        click.echo(message, err=True)
