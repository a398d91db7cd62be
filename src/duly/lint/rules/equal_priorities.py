"""Rules that compete for a limit with equal priority."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import binds, most, transactional
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.FREQUENCY, each=nodes.Limit)
def equal_priorities(part: Part[nodes.Limit], world: World, report: Report) -> None:
    """
    Three or more rules share a limit that they can fill together, and all have the same priority.

    Who gets the last slot is then settled by their names.

    Avoid:
        limit total 1/day

        rule sale
          when Product Sale where user saved product, max 1/day

        rule viewed
          when Product Viewed, max 1/day

        rule added
          when Product Added, max 1/day

    Prefer:
        limit total 1/day

        rule sale
          when Product Sale where user saved product, max 1/day, priority 3

        rule viewed
          when Product Viewed, max 1/day, priority 1

        rule added
          when Product Added, max 1/day, priority 2
    """
    limit = next((each for each in world.rule_set.limits if each.name == part.node.name.value), None)
    if limit is None:
        return
    rules = [rule for rule in world.rule_set.rules.values() if binds(limit, rule) and not transactional(world, rule)]
    possible = sum(min((most(c.limit, c.window, limit.window) for c in rule.caps), default=1) for rule in rules)
    if len(rules) > 2 and possible > limit.limit and len({rule.priority for rule in rules}) == 1:
        message = f"{len(rules)} rules compete for the limit `{limit.name}` with equal priority"
        report(part.source, part.node.span, message, "give the more important ones a higher `priority`")
