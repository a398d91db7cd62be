"""Texts that screens cut off."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def body_too_long(wording: Wording, world: World, report: Report) -> None:
    """
    A text is longer than its channel shows: 178 characters of a push notification, 160 of a text message.

    The rest is cut off, or paid for as a second message. Slots are not counted.

    Avoid:
        when Order Completed, max 1/day, by sms
          send "Thank you for your order! We have begun to pack it and will write to you again as soon as it has left the house, which is usually on the next working day, around noon."

    Prefer:
        when Order Completed, max 1/day, by sms
          send "Thank you for your order! We will write to you again as soon as it has left the house."
    """  # noqa: E501
    most = {"sms": 160, "push": 178, "web": 178}.get(wording.rule.channel)
    if wording.kind == "body" and most is not None and len(wording.plain) > most:
        message = f"this text has {len(wording.plain)} characters, and {wording.rule.channel} shows {most}"
        report(wording.source, wording.template.span, message, "make it shorter")
