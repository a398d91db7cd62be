"""Texts that cannot always be made."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    event_type,
    mentions,
    present,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.MESSAGES, each=Checked)
def optional_property_in_text(checked: Checked, world: World, report: Report) -> None:
    """
    A text shows a property that may be missing, and says nothing to show instead.

    Without it the notification is suppressed. Traits may always be missing, and properties that the tracking plan does
    not require, unless a condition of the rule has seen to it.

    Avoid:
        when Order Completed, max 1/day, send "Thank you, {user.first_name}"

    Prefer:
        when Order Completed, max 1/day, send "Thank you, {user.first_name or 'friend'}"
    """
    for mention in mentions(world):
        if mention.shown is None or mention.shown.fallback is not None:
            continue
        path = mention.value.path
        if mention.rule is not None and mention.value in present(mention.rule.where):
            continue
        known = [event_type(world, event).properties.get(path) for event in mention.events]
        if mention.value.scope == "user" or any(each is not None and not each.required for each in known):
            message = f"without `{mention.written}` this is not sent"
            hint = f"write `{{{mention.written} or 'something else'}}`"
            report(mention.source, mention.value.span, message, hint)
