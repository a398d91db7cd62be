"""Rules that all send at the same minute."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    clock,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TIME, each=Checked)
def many_rules_at_one_minute(checked: Checked, world: World, report: Report) -> None:
    """
    Five or more rules send at the same minute of the day.

    They compete for the same caps at that minute, and everybody is written to at once. Other times, or
    `at best time between …`, spread the load.

    Avoid:
        rule one
          when Product Sale where user saved product, at 18:00 local, max 1/day

        rule two
          when Product Viewed, at 18:00 local, max 1/day

        rule three
          when Product Added, at 18:00 local, max 1/day

        rule four
          when Order Completed, at 18:00 local, max 1/day

        rule five
          when Order Cancelled, at 18:00 local, max 1/day

    Prefer:
        rule one
          when Product Sale where user saved product, at 18:00 local, max 1/day

        rule two
          when Product Viewed, at best time between 17:00 and 21:00 local, max 1/day
    """
    together: dict[tuple[int, str | None], list[Part[nodes.At]]] = {}
    for part in world.once(written_parts).get(nodes.At, ()):
        together.setdefault((part.node.time.value, part.node.zone.value), []).append(part)
    for (time, _), found in together.items():
        if len(found) >= 5:
            message = f"{len(found)} rules send at {clock(time)}"
            hint = "spread them, such as with `at best time between 17:00 and 21:00 local`"
            report(found[4].source, found[4].node.span, message, hint)
