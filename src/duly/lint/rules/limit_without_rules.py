"""Limits for a category or channel that no rule has."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.parts import all_is_known
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked, fixable=True)
def limit_without_rules(checked: Checked, world: World, report: Report) -> None:
    """
    Quiet hours, a limit or a gap are for a category or channel in which there is no rule.

    A rule that was meant to be in it may have lost its `by sms` or `in category`.

    Avoid:
        quiet 22:00 to 08:00 local
        limit texts 1/day by sms
        when Product Sale where user saved product, max 1/day

    Prefer:
        quiet 22:00 to 08:00 local
        when Product Sale where user saved product, max 1/day
    """
    if not all_is_known(checked):
        return
    rules = checked.rule_set.rules.values()
    used = {rule.category for rule in rules} | {f"by {rule.channel}" for rule in rules}
    for kind in (nodes.Quiet, nodes.Limit, nodes.Gap):
        for part in world.once(written_parts).get(kind, ()):
            scope = part.node.scope
            if scope is None:
                continue
            name = f"by {scope.channel.value}" if isinstance(scope, nodes.ByChannel) else scope.category.value
            if name not in used:
                edit = without_statement(part.source, part.node.span)
                message = f"there is no rule {'' if name.startswith('by ') else 'in category '}{name}"
                report(part.source, part.node.span, message, "take this out, or put a rule there", (edit,))
