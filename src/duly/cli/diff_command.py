"""`duly diff`: what a change of rule files means."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from duly.cli.output import colours, refuse_errors
from duly.cli.rule_files import decoded, read_files

if TYPE_CHECKING:
    from duly.meaning.model import RuleSet


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def command(old: str, new: str, as_json: bool) -> int:
    """Show what rules mean that others do not.

    OLD and NEW are files, folders of .duly files, or - for the standard input. For each rule: whether it sends more,
    less or to others, with an event or an instant at which it shows, and what is lost of what was counted. The exit
    code is 0 when nothing differs in meaning, 1 when something does, 2 when rules have errors.
    """
    from duly.difference.compare import differences
    from duly.report.difference import differences_json, differences_text

    before, after = _read(old), _read(new)
    found = list(differences(before, after, time.time_ns() // 1_000))
    text = differences_json(found) if as_json else differences_text(found, len(after.rules), colours())
    click.echo(text, nl=False, color=colours())
    return int(not all(each.means_the_same for each in found))


def _read(path: str) -> RuleSet:
    from duly.meaning.rule_set import read_rules

    files = read_files([path])
    sources, unreadable = decoded(files)
    names = [file.name for file in files]
    refuse_errors(unreadable, names, 2)
    checked = read_rules(sources)
    refuse_errors(checked.diagnostics, names, 2)
    return checked.rule_set
