"""`duly plan`: what the engine will do with rule files."""

from __future__ import annotations

import click

from duly.cli.output import refuse_errors
from duly.cli.rule_files import decoded, read_files


@click.command("plan")
@click.argument("path")
@click.option("--rule", help="Show only this rule.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
def command(path: str, rule: str | None, as_json: bool) -> None:
    """Show how rules will run.

    For each rule: the index that finds it, whom it concerns, what it reads, and its gates in order; then what the store
    keeps for it. PATH is a file, a folder of .duly files, or - for the standard input.
    """
    from dataclasses import replace

    from duly.cli.failure import Failure
    from duly.meaning.rule_set import read_rules
    from duly.planning.compile import compile_plan
    from duly.planning.explain import explain
    from duly.report.plan import plan_json, plan_text

    files = read_files([path])
    sources, unreadable = decoded(files)
    names = [file.name for file in files]
    refuse_errors(unreadable, names, 2)
    checked = read_rules(sources)
    refuse_errors(checked.diagnostics, names, 1)
    explained = explain(compile_plan(checked.rule_set))
    if rule is not None:
        explained = replace(explained, rules=tuple(found for found in explained.rules if found.name == rule))
        if not explained.rules:
            raise Failure(f"there is no rule `{rule}` in {path}")
    click.echo(plan_json(explained) if as_json else plan_text(explained), nl=False)
