"""Conditions that are false just when a rule starts."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.logic.search import Goal
from duly.lint.logic.spelling import spelled
from duly.lint.logic.stated import Stated, reasoning, stated
from duly.lint.logic.topics import HISTORY
from duly.lint.logic.wants import Want
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model
from duly.meaning.check import Checked


@lint(Severity.ERROR, Group.LOGIC, each=Checked)
def contradicts_trigger(_checked: Checked, world: World, report: Report) -> None:
    """
    What starts a rule makes its condition false.

    Who enters a segment is in it, who leaves it is not, and a window reaches up to now: the event that starts a rule is
    in it, at least as long as the rule has not expired.

    Avoid:
        when Order Completed where user has not done Order Completed in last 30 days, max 1/day

    Prefer:
        when Order Completed where count of Order Completed in last 30 days = 1, max 1/day
    """
    reason = world.once(reasoning)
    for each in world.once(stated):
        known = _known(each)
        if known is not None and reason.impossible(known, (each.condition, Want.TRUE)):
            message = f"{spelled(each.source, each.condition.span)} is never true when this rule starts"
            report(each.source, each.condition.span, message, "the trigger itself counts: allow for it")


def _known(each: Stated) -> Goal | None:
    """What is so whenever the condition is tested."""
    rule = each.rule
    if each.never or rule is None:
        return None
    trigger = rule.trigger
    if isinstance(trigger, model.SegmentTrigger) and rule.timing == model.Timing():
        return (model.InSegment(trigger.segment), Want.TRUE if trigger.enters else Want.NOT_TRUE)
    if not isinstance(trigger, model.EventTrigger) or HISTORY not in each.topics:
        return None
    if len(trigger.names) > 1 or rule.fans_out or rule.expiry.at is not None:
        return None
    # an event that came so late that this window no longer has it is past its expiry
    return (model.Did(model.EventFilter(trigger.names), rule.expiry.after), Want.TRUE)
