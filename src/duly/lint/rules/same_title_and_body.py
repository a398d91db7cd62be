"""Texts that say everything twice."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    messages_of,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning import model


@lint(Severity.WARNING, Group.MESSAGES, each=model.Rule)
def same_title_and_body(rule: model.Rule, world: World, report: Report) -> None:
    """
    The title and the body of a message are the same.

    One of the two lines of the lock screen is lost.

    Avoid:
        when Product Viewed, max 1/day, send title "Prices are down" body "Prices are down"

    Prefer:
        when Product Viewed, max 1/day, send title "Prices are down" body "Have another look before tonight"
    """
    for message in messages_of(rule):
        if message.title and message.title == message.body:
            report(rule.source, message.span, "title and body say the same", "say something more in the body")
