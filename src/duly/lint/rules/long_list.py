"""Lists that nobody keeps up to date."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.PERFORMANCE, each=nodes.OneOf)
def long_list(part: Part[nodes.OneOf], world: World, report: Report) -> None:
    """
    A list in a condition has more than twenty values.

    What belongs to a user belongs into a trait, what belongs to an object into a property of its event: a list here is
    changed by hand.

    Avoid:
        when Order Completed, max 1/day
          where shop in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)

    Prefer:
        when Order Completed where shop_kind in ("flagship", "outlet"), max 1/day
    """
    if len(part.node.items) > 20:
        message = f"this list has {len(part.node.items)} values"
        report(part.source, part.node.span, message, "send what they have in common as a property or trait")
