"""Text messages outside the hours the law allows."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.frequency import transactional
from duly.lint.hours import (
    less,
    of_hours,
    permitted,
)
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.model import HOUR
from duly.syntax import nodes


@lint(Severity.WARNING, Group.QUIET, each=nodes.ByChannel)
def text_message_at_night(part: Part[nodes.ByChannel], world: World, report: Report) -> None:
    """
    A marketing rule may send text messages before 08:00 or after 21:00 local.

    Several countries forbid that. Say the hours where they can be seen: in the rule, or as quiet hours.

    Avoid:
        when Product Sale where user saved product, by sms, between 08:00 and 23:00 local, max 1/day

    Prefer:
        when Product Sale where user saved product, by sms, between 08:00 and 21:00 local, max 1/day
    """
    rule = part.rule
    if rule is None or rule.channel != "sms" or transactional(world, rule):
        return
    hours = permitted(world, rule)
    if hours is not None and less(hours, of_hours(_ALLOWED)):
        message = f"`{rule.name}` may send text messages before 08:00 or after 21:00"
        report(part.source, part.node.span, message, "add `between 08:00 and 21:00 local`")


_ALLOWED = model.Hours(8 * HOUR, 21 * HOUR)
