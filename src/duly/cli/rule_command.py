"""`duly rule`: what lint rules there are, and what each means."""

from __future__ import annotations

import click

from duly.cli.failure import Failure
from duly.cli.output import colours


@click.command("rule")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, as_json: bool) -> None:
    """Show the page of a lint rule, or list all of them."""
    from duly.lint.rule import Group
    from duly.lint.run import lint_rules
    from duly.report import rule_page

    if name is None:
        order = list(Group)
        rules = sorted(lint_rules().values(), key=lambda rule: (order.index(rule.group), rule.name))
        text = rule_page.rules_json(rules) if as_json else rule_page.rules_text(rules, colours())
        click.echo(text, nl=False, color=colours())
        return
    rule = lint_rules().get(name)
    if rule is None:
        raise _unknown(name)
    text = rule_page.page_json(rule) if as_json else rule_page.page_text(rule, colours())
    click.echo(text, nl=False, color=colours())


def _unknown(name: str) -> Failure:
    from duly.lint.run import lint_rules
    from duly.vocabulary.words import nearest

    guess = nearest(name, lint_rules())
    hint = f"did you mean `{guess}`?" if guess else "`duly rule` lists them; errors of the checker explain themselves"
    return Failure(f"there is no lint rule `{name}`", hint)
