"""Rules that go by one clock for people everywhere."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    clock,
)
from duly.lint.parts import Part
from duly.lint.plan import (
    in_condition,
)
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TIME, each=nodes.At)
def one_zone_for_everybody(part: Part[nodes.At], world: World, report: Report) -> None:
    """
    A time of day goes by the clock of one zone, whoever and wherever the user is.

    18:00 in Paris is 02:00 in Tokyo. Conditions on the user's country or zone say that this is meant.

    Avoid:
        when Product Sale where user saved product, at 18:00 "Europe/Paris", max 1/day

    Prefer:
        when Product Sale where user saved product, at 18:00 local, max 1/day
    """
    if part.node.zone.value is None or part.rule is None:
        return
    about_places = any(
        mention.value.scope == "user" and mention.value.path[-1] in ("country", "timezone", "region", "city")
        for mention in (in_condition(part.source, part.rule.where, ()) if part.rule.where else ())
    )
    if not about_places:
        message = f"{clock(part.node.time.value)} is that of `{part.node.zone.value}` for users everywhere"
        report(part.source, part.node.span, message, "write `local`, or say which country is meant")
