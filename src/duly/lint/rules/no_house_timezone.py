"""Rule sets that leave users without a zone to UTC."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TIME, each=Checked)
def no_house_timezone(checked: Checked, world: World, report: Report) -> None:
    """
    Several rules go by local time, and nothing says which zone counts for users whose zone is unknown.

    Those get everything by the clock of UTC.

    Avoid:
        rule sale
          when Product Sale where user saved product, at 18:00 local, max 1/day

        rule restock
          when Product Viewed, at 18:00 local, max 1/day

    Prefer:
        timezone "America/New_York"

        rule sale
          when Product Sale where user saved product, at 18:00 local, max 1/day

        rule restock
          when Product Viewed, at 18:00 local, max 1/day
    """
    if checked.rule_set.timezone is not None:
        return
    found = world.once(written_parts)
    times = [part for kind in (nodes.At, nodes.AtBestTime, nodes.Between) for part in found.get(kind, ())]
    local = [part for part in times if part.node.zone.value is None]
    if len({part.rule.name for part in local if part.rule}) > 1:
        message = "users whose zone is unknown are treated as if they were in UTC"
        report(
            local[0].source, local[0].node.span, message, 'add `timezone "America/New_York"`, or where most users are'
        )
