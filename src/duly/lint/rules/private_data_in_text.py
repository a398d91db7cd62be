"""Texts that show what others should not see."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.plan import (
    mentions,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.MESSAGES, each=Checked)
def private_data_in_text(checked: Checked, world: World, report: Report) -> None:
    """
    A text shows something that is private: an address, a telephone number, a password, a card.

    Notifications are shown on locked screens and kept by those who deliver them.

    Avoid:
        when Order Completed, max 1/day, send "Thank you! A receipt went to {user.email}"

    Prefer:
        when Order Completed, max 1/day, send "Thank you! A receipt is in your mail"
    """
    for mention in mentions(world):
        if mention.shown is not None and _PRIVATE.fullmatch(mention.value.path[-1].casefold()):
            message = f"`{mention.written}` is shown on a locked screen"
            report(mention.source, mention.value.span, message, "leave it out")


_PRIVATE = re.compile(
    r"e_?mail(?:_?address)?|(?:phone|mobile)(?:_?number)?|password|passcode|pin|ssn|iban|(?:credit_?)?card(?:_?number)?"
    r"|(?:access_?)?token|secret|address|birth_?(?:day|date)|date_of_birth|diagnosis"
)
