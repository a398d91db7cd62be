"""Quiet hours that others contain."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.WARNING, Group.QUIET, each=Checked, fixable=True)
def quiet_within_quiet(checked: Checked, world: World, report: Report) -> None:
    """
    Quiet hours lie within others that concern the same rules, and so change nothing.

    The strictest wins: a category can be made quieter than the house, never louder.

    Avoid:
        quiet 22:00 to 08:00 local
        quiet 23:00 to 07:00 local by sms

    Prefer:
        quiet 22:00 to 08:00 local
    """
    written = world.once(written_parts).get(nodes.Quiet, ())
    for part in written:
        if any(other is not part and _covers(other.node, part.node) for other in written):
            edit = without_statement(part.source, part.node.span)
            report(part.source, part.node.span, "other quiet hours contain these", "take them out", (edit,))


def _covers(one: nodes.Quiet, other: nodes.Quiet) -> bool:
    if one.zone.value != other.zone.value or one.scope not in (None, other.scope):
        return False
    into = (other.start.value - one.start.value) % DAY
    long, short = (one.end.value - one.start.value) % DAY or DAY, (other.end.value - other.start.value) % DAY or DAY
    return into + short <= long and not (one.scope == other.scope and long == short and other.span < one.span)
