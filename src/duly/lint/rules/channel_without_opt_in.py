"""Marketing on a channel that needs an explicit yes."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.AUDIENCE, each=nodes.ByChannel)
def channel_without_opt_in(part: Part[nodes.ByChannel], world: World, report: Report) -> None:
    """
    A rule sends email or text messages in a category that people need not have opted in to.

    For marketing many laws ask for an explicit yes on these channels. Transactional categories need none.

    Avoid:
        category deals "Deals": opt out
        when Product Sale where user saved product, in category deals, by email, max 1/week

    Prefer:
        category deals "Deals": opt in
        when Product Sale where user saved product, in category deals, by email, max 1/week
    """
    rule = part.rule
    if rule is None or rule.channel not in ("email", "sms", "whatsapp"):
        return
    category = world.rule_set.categories.get(rule.category)
    if category is not None and not category.opt_in and not category.transactional:
        message = f"the category `{category.name}` is opt out, and {rule.channel} needs a yes in many countries"
        report(part.source, part.node.span, message, "use a category that is `opt in`, or `transactional`")
