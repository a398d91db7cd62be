"""Holidays of users whose country nobody knows."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.TIME, each=Checked)
def holidays_of_unknown_country(checked: Checked, world: World, report: Report) -> None:
    """
    A rule goes by holidays, and the tracking plan lists traits of users but no country.

    Holidays are those of the trait `country`. Without it no day is one.

    Avoid:
        use "tracking-plan.json"
        when Product Sale where user saved product, on holidays, max 1/day

    Prefer:
        use "tracking-plan.json"
        when Product Sale where user saved product, on weekends, max 1/day
    """
    plan = checked.tracking_plan
    if plan is None or not plan.traits.listed or ("country",) in plan.traits.properties:
        return
    for kind in (nodes.OnHolidays, nodes.NotOnHolidays):
        for part in world.once(written_parts).get(kind, ()):
            message = "the tracking plan lists no trait `country`, whose holidays these are"
            report(part.source, part.node.span, message, "add the trait, or take the clause out")
