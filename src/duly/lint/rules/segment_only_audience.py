"""Events about a thing that go to a whole segment."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.ADVICE, Group.PERFORMANCE, each=model.Rule)
def segment_only_audience(rule: model.Rule, world: World, report: Report) -> None:
    """
    An event about an object goes to everybody in a segment, whatever they have to do with the object.

    Every such event is decided for every member. A relation names the few whom the object concerns.

    Avoid:
        segment regulars: count of Order Completed in last 90 days >= 3
        when Product Sale where user in regulars, max 1/day

    Prefer:
        segment regulars: count of Order Completed in last 90 days >= 3
        when Product Sale where user viewed product and user in regulars, max 1/day
    """
    if rule.fans_out and rule.audience and all(isinstance(each, model.InSegment) for each in rule.audience):
        names = ", ".join(f"`{each.segment}`" for each in rule.audience if isinstance(each, model.InSegment))
        message = f"every {min(rule.fans_out)} is decided for everybody in {names}"
        report(rule.source, rule.trigger.span, message, "name a relation, such as `user saved product`")
