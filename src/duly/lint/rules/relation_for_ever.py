"""Relations that nothing ever ends."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.AUDIENCE, each=nodes.Relation)
def relation_for_ever(part: Part[nodes.Relation], world: World, report: Report) -> None:
    """
    No event removes a user from a relation.

    Whoever is in it once stays in it, and hears of the object for years.

    Avoid:
        relation follows: user to shop by shop_id, added by Shop Followed

    Prefer:
        relation follows: user to shop by shop_id, added by Shop Followed, removed by Shop Unfollowed
    """
    if not part.node.removed_by:
        name = part.node.name.value
        report(
            part.source, part.node.span, f"nobody ever leaves the relation `{name}`", "add `removed by` and an event"
        )
