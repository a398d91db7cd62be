"""Categories without rules."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.parts import all_is_known
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked, fixable=True)
def unused_category(checked: Checked, world: World, report: Report) -> None:
    """
    A category has no rules, is in no condition, and no house rule is for it.

    People are asked to choose something that never comes.

    Avoid:
        category deals "Deals and price drops": opt out
        category gifts "Gift ideas": opt out
        when Product Sale where user saved product, in category deals, max 1/day

    Prefer:
        category deals "Deals and price drops": opt out
        when Product Sale where user saved product, in category deals, max 1/day
    """
    found = world.once(written_parts)
    used = {rule.category for rule in checked.rule_set.rules.values()}
    used |= {part.node.category.value for part in found.get(nodes.OptedIn, ())}
    for kind in (nodes.Quiet, nodes.Limit, nodes.Gap):
        scopes = (part.node.scope for part in found.get(kind, ()))
        used |= {scope.category.value for scope in scopes if isinstance(scope, nodes.InCategory)}
    for part in found.get(nodes.Category, ()) if all_is_known(checked) else ():
        if part.node.name.value not in used:
            edit = without_statement(part.source, part.node.span)
            report(
                part.source,
                part.node.name.span,
                f"no rule is in category `{part.node.name.value}`",
                "take it out",
                (edit,),
            )
