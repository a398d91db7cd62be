"""House rules for a category that they pass by."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.QUIET, each=Checked, fixable=True)
def house_rule_for_transactional(checked: Checked, world: World, report: Report) -> None:
    """
    Quiet hours, a limit or a gap for a transactional category have no effect.

    Transactional categories ignore house rules: what somebody asked for comes at once. Rules in them keep their own
    caps and hours.

    Avoid:
        category orders "Your orders": opt out, transactional
        quiet 22:00 to 08:00 local in category orders

    Prefer:
        category orders "Your orders": opt out, transactional
    """
    for kind in (nodes.Quiet, nodes.Limit, nodes.Gap):
        for part in world.once(written_parts).get(kind, ()):
            scope = part.node.scope
            named = scope.category.value if isinstance(scope, nodes.InCategory) else ""
            category = checked.rule_set.categories.get(named)
            if category is not None and category.transactional:
                edit = without_statement(part.source, part.node.span)
                message = f"the transactional category `{named}` ignores this"
                report(part.source, part.node.span, message, "take it out, or give its rules hours and caps", (edit,))
